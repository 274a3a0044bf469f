"""The first start of an installation: a tenant, an administrator, a password that is shown once.

A program of its own (`python -m maestro_ml.server.first_start ADDRESS`), so that the supervisor, which
lives as long as the platform, loads neither SQLAlchemy nor the services.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ADMINISTRATOR = "admin@localhost"


def password_file(home: Path) -> Path:
    """Where the first administrator's password is kept; its presence tells that there was a start."""
    return home / "secrets" / "admin_password"


def credentials_file(home: Path) -> Path:
    """Where the command line finds address and API key."""
    return home / "credentials.json"


def first_start(home: Path, address: str, environment: Mapping[str, str]) -> str | None:
    """Make the first tenant and administrator; their password, or None if they are there already."""
    if password_file(home).exists():
        _keep_address(home, address)
        return None
    made = subprocess.run(
        [sys.executable, "-P", "-m", __spec__.name, address],
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return made.stdout.strip() or None


def _keep_address(home: Path, address: str) -> None:
    """Let the first administrator's own credentials name today's port; a login elsewhere stays."""
    try:
        stored = json.loads(credentials_file(home).read_text())
    except (OSError, ValueError):
        return
    if stored.get("email") == ADMINISTRATOR and stored.get("url") != address:
        _write_credentials(home, {**stored, "url": address})


def _write_credentials(home: Path, stored: dict[str, str]) -> None:
    write_private(credentials_file(home), json.dumps(stored, indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write `text` to a file that only its owner can read."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


async def _bootstrap(address: str) -> str | None:
    from maestro_ml.server.kernel.settings import read_settings  # noqa: PLC0415 - in the child alone
    from maestro_ml.server.wiring import wire  # noqa: PLC0415

    settings = read_settings()
    platform = wire(settings)
    try:
        made = await platform.tenants.bootstrap(email=ADMINISTRATOR)
    finally:
        await platform.close()
    if made is None:
        return None
    password, api_key = made
    stored = {"url": address, "api_key": api_key, "email": ADMINISTRATOR}
    _write_credentials(settings.home, stored)
    write_private(password_file(settings.home), password + "\n")
    return password


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_bootstrap(sys.argv[1])) or "")
