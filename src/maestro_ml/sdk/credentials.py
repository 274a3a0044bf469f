"""Where the server is and how to prove who one is: arguments, environment, stored credentials."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from maestro_ml.sdk.errors import ConfigurationError

DEFAULT_URL = "http://127.0.0.1:5000"


@dataclass(frozen=True)
class Credentials:
    """An address and, once logged in, the API key for it."""

    url: str = DEFAULT_URL
    api_key: str | None = field(default=None, repr=False)
    email: str | None = None


def maestro_home(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of this installation: `$MAESTRO_HOME`, else `~/.maestro`."""
    return Path(environ.get("MAESTRO_HOME") or "~/.maestro").expanduser()


class CredentialsFile:
    """`credentials.json` in the home, readable by its owner alone."""

    def __init__(self, home: Path) -> None:
        self.path = home / "credentials.json"

    def find(self) -> Credentials | None:
        """What is stored, None if nothing is. Raises ConfigurationError when it is unreadable."""
        try:
            stored = json.loads(self.path.read_text())
            return Credentials(
                url=stored["url"], api_key=stored.get("api_key"), email=stored.get("email")
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigurationError(
                f"{self.path} cannot be read ({error}).",
                "Run `maestro login` again, or set MAESTRO_URL and MAESTRO_API_KEY.",
            ) from error

    def save(self, credentials: Credentials) -> None:
        """Store `credentials` in one step, with mode 0600."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp creates with 0600, so the key is never readable by others, not for a moment.
            descriptor, name = tempfile.mkstemp(prefix=".credentials.", dir=self.path.parent)
            with os.fdopen(descriptor, "w") as file:
                file.write(json.dumps(asdict(credentials), indent=2) + "\n")
            Path(name).replace(self.path)
        except OSError as error:
            raise ConfigurationError(
                f"The credentials cannot be stored in {self.path.parent} ({error.strerror}).",
                "Set MAESTRO_HOME to a folder that you can write to.",
            ) from error

    def delete(self) -> None:
        """Forget what is stored."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()


def resolve(
    url: str | None, api_key: str | None, environ: Mapping[str, str] = os.environ
) -> Credentials:
    """The first of: the arguments, the environment, the stored credentials, this machine.

    A stored key is used only for the address it was stored with: it never goes to another server.
    """
    url = url or environ.get("MAESTRO_URL")
    api_key = api_key or environ.get("MAESTRO_API_KEY")
    if url and api_key:
        return Credentials(url.rstrip("/"), api_key)
    stored = CredentialsFile(maestro_home(environ)).find() or Credentials()
    chosen = (url or stored.url).rstrip("/")
    is_own = chosen == stored.url.rstrip("/")
    return Credentials(chosen, api_key or (stored.api_key if is_own else None), stored.email)
