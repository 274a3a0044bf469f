"""Creating a cluster's data with initdb: complete, or not there at all."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from .account import ServiceAccount
from .binaries import Binaries
from .errors import DiskFullError, InitError
from .layout import Layout, give_to
from .passwords import Passwords
from .programs import Outcome, run_program

SUPERUSER = "postgres"
DISK_FULL = "No space left on device"


def create_data(
    layout: Layout, binaries: Binaries, account: ServiceAccount | None, lock_fd: int
) -> None:
    """Run initdb beside the data's place and move the result there.

    initdb inherits the lock: orphaned by a kill -9 of us, it must not meet its successor.
    Raises `DiskFullError`, `InitError`; nothing is left behind then.
    """
    data = layout.unfinished_data
    shutil.rmtree(data, ignore_errors=True)
    password_file = layout.cluster / f".password.{secrets.token_hex(4)}"
    try:
        data.mkdir(mode=0o700)
        give_to(data, account)
        password_file.touch(mode=0o600, exist_ok=False)
        password_file.write_text(Passwords(layout.passwords).get_or_create(SUPERUSER))
        give_to(password_file, account)
        outcome = _initdb(binaries, account, data, password_file, lock_fd)
    except OSError as error:
        outcome = Outcome(ok=False, output=str(error))
    finally:
        password_file.unlink(missing_ok=True)
    if not outcome.ok:
        shutil.rmtree(data, ignore_errors=True)
        if DISK_FULL in outcome.output:
            raise DiskFullError(layout.root)
        raise InitError(
            f"PostgreSQL could not create {layout.data}; nothing was left behind. Remove the "
            f"cause and start again; the end of initdb's output:\n{outcome.tail()}"
        )
    data.rename(layout.data)


def _initdb(
    binaries: Binaries,
    account: ServiceAccount | None,
    data: Path,
    password_file: Path,
    lock_fd: int,
) -> Outcome:
    for locale in _locales(binaries.major):
        outcome = run_program(
            [
                *(binaries.program("initdb"), "-D", data, "-U", SUPERUSER, "-E", "UTF8"),
                *("-A", "scram-sha-256", f"--pwfile={password_file}", "--data-checksums"),
                *locale,
            ],
            account=account,
            keep_fd=lock_fd,
        )
        if outcome.ok or "invalid locale" not in outcome.output:
            break
    return outcome


def _locales(major: int) -> list[list[str]]:
    """Text sorts by code point and upper and lower case are Unicode's, on every machine alike."""
    if major >= 17:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [["--locale=C.UTF-8"], ["--locale=C"]]  # the C library's; old systems lack the first
