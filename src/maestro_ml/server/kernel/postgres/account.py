"""The unprivileged account PostgreSQL runs as when we are root, because it refuses root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import AccountError

if sys.platform != "win32":  # the package must import on Windows, to say there that it is no use
    import pwd

# An account of our own keeps our data apart from a PostgreSQL of the system, which has `postgres`;
# both are taken when they exist, so that no account is created without need.
OWN_ACCOUNT = "maestro"
KNOWN_ACCOUNTS = (OWN_ACCOUNT, "postgres", "_postgres")


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether the account reaches the folder; asked of the kernel, which knows about ACLs.

        Raises `AccountError` when this process may not change to the account at all.
        """
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                stderr=subprocess.DEVNULL,
                cwd="/",
                check=False,
            )
        except OSError as error:
            raise AccountError(
                f"root may not change to the account {self.name!r} here ({error}): "
                "run as a normal user instead"
            ) from error
        return done.returncode == 0


def service_account(cluster: Path) -> ServiceAccount | None:
    """The account to run PostgreSQL as: None (ourselves) for a normal user.

    Existing data stays with the account that owns it, whatever accounts appear later.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return ServiceAccount(_name_of(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in KNOWN_ACCOUNTS:
        if (account := _find_account(name)) is not None:
            return account
    return _create_account()


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _find_account(name: str) -> ServiceAccount | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServiceAccount(name, entry.pw_uid, entry.pw_gid) if entry.pw_uid != 0 else None


def _create_account() -> ServiceAccount:
    advice = f"create an unprivileged system account named {OWN_ACCOUNT!r}, or run as a normal user"
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise AccountError(f"PostgreSQL refuses to run as root: {advice}")
    nologin = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    done = subprocess.run(
        [useradd, "--system", "--user-group", *nologin, OWN_ACCOUNT],
        capture_output=True,
        text=True,
        check=False,
    )
    account = _find_account(OWN_ACCOUNT)  # another process may have been faster
    if account is None:
        raise AccountError(
            f"PostgreSQL refuses to run as root, and useradd failed ({done.stderr.strip()}): "
            f"{advice}"
        )
    return account
