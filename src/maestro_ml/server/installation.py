"""The installation behind a process: its home, its secrets and its database, ready to use."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from maestro_ml.server.kernel.migrate import migrate
from maestro_ml.server.kernel.postgres import LocalPostgres
from maestro_ml.server.kernel.settings import Settings

DATABASE = "maestro"
OWNER = "maestro"


class InstallationError(Exception):
    """The installation cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Installation:
    """Settings in which nothing is missing, and the embedded server if there is one."""

    settings: Settings
    postgres: LocalPostgres | None

    @property
    def database_url(self) -> str:
        """The URL that processes connect with."""
        url = self.settings.database.url
        assert url is not None
        return url.get_secret_value()

    @property
    def secret_key(self) -> str:
        """The secret that signs access tokens."""
        secret = self.settings.auth.secret_key
        assert secret is not None
        return secret.get_secret_value()

    def restart_database_if_dead(self) -> None:
        """Bring the embedded server back if it does not accept connections; an external one is not ours."""
        if self.postgres is not None and not _accepts(self.database_url):
            self.postgres.restart_if_dead()

    def close(self) -> None:
        """Leave the embedded server; its last user stops it."""
        if self.postgres is not None:
            self.postgres.stop()


def open_installation(settings: Settings) -> Installation:
    """Prepare home, secrets and database, and bring the schema up to date.

    Raises InstallationError, PostgresError or DatabaseUnsuitable with the way out.
    """
    if settings.env == "production":
        _require_secrets(settings)
    _make_home(settings.home)
    postgres = None
    owner_url = settings.database.owner_url or settings.database.url
    if owner_url is None:
        postgres = LocalPostgres(settings.home / "postgres").start()
        owner_url = SecretStr(postgres.ensure_database(DATABASE, OWNER))
    migrate(owner_url.get_secret_value())
    secret = settings.auth.secret_key or SecretStr(_secret(settings.home / "secrets" / "jwt"))
    complete = settings.model_copy(
        update={
            "database": settings.database.model_copy(
                update={"url": settings.database.url or owner_url}
            ),
            "auth": settings.auth.model_copy(update={"secret_key": secret}),
        }
    )
    return Installation(complete, postgres)


def _require_secrets(settings: Settings) -> None:
    missing = [
        name
        for name, value in (
            ("MAESTRO_DATABASE_URL", settings.database.url),
            ("MAESTRO_AUTH_SECRET_KEY", settings.auth.secret_key),
        )
        if value is None
    ]
    if missing:
        raise InstallationError(
            f"MAESTRO_ENV=production needs {' and '.join(missing)}; nothing is generated there. "
            "Set them, or leave MAESTRO_ENV away for a private installation."
        )
    secret = settings.auth.secret_key
    if secret is not None and len(secret.get_secret_value()) < 32:
        raise InstallationError(
            "MAESTRO_AUTH_SECRET_KEY has fewer than 32 characters. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )


def _make_home(home: Path) -> None:
    try:
        # PostgreSQL does not run as root; its account may pass through, what it must not read is 0600.
        home.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise InstallationError(
            f"The home {home} cannot be created ({error.strerror}). Set MAESTRO_HOME to a folder that "
            "you may write to."
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise InstallationError(
            f"The home {home} is not writable for you. Change its owner, or set MAESTRO_HOME to a "
            "folder that you may write to."
        )


def _secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable for its owner alone."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _accepts(url: str) -> bool:
    """Whether the server behind a URL with a socket folder takes connections; cheap enough to repeat."""
    query = parse_qs(urlsplit(url).query)
    path = f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
