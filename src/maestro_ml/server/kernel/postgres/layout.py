"""The folders of an embedded PostgreSQL: what lies where, and who owns it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from .account import ServiceAccount
from .errors import (
    DiskFullError,
    HomeNotWritableError,
    HomeUnreachableError,
    PostgresError,
    SocketFolderError,
)

SYSTEM_ROOT = Path("/var/lib/maestro-ml")
# Not tempfile.gettempdir(): every process must find the same place, whatever its TMPDIR.
TEMPORARY = Path("/tmp")  # noqa: S108 - the folder below is checked against squatters
LONGEST_SOCKET_FOLDER = 80  # bytes; with the socket's name it must fit 104 (macOS), 108 (Linux)
PLAIN_PATH = re.compile(r"[\w./+@-]+", re.ASCII)  # a comma would be read as a list of folders


@dataclass(frozen=True, slots=True)
class Layout:
    """`root` is ours; `cluster` and all in it belong to the account PostgreSQL runs as."""

    root: Path

    @property
    def startup_lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.root / "startup.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by everybody who uses the server: the crash-safe reference count."""
        return self.root / "users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's own processes as long as one of them lives."""
        return self.root / "server.lock"

    @property
    def passwords(self) -> Path:
        return self.root / "passwords"

    @property
    def binaries(self) -> Path:
        return self.root / "bin"

    @property
    def cluster(self) -> Path:
        return self.root / "cluster"

    @property
    def data(self) -> Path:
        return self.cluster / "data"

    @property
    def unfinished_data(self) -> Path:
        return self.cluster / "data.new"

    @property
    def log(self) -> Path:
        return self.cluster / "postgres.log"

    @property
    def name(self) -> str:
        """Names this server among all processes of the machine (it shows in their titles)."""
        return "maestro-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    @property
    def socket_folder(self) -> Path:
        path = str(self.cluster / "sock")
        if len(path) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(path):
            return Path(path)
        return TEMPORARY / self.name


def prepare_root(
    wanted: Path, account: ServiceAccount | None, system_root: Path = SYSTEM_ROOT
) -> Layout:
    """Make the root folder, or find where it was moved to.

    Under root, when the service account cannot reach `wanted` (a home below /root, mode 0700),
    the folder is made below `system_root` instead and `wanted` becomes a symbolic link to it.
    Raises `HomeNotWritableError`, `HomeUnreachableError`, `DiskFullError`.
    """
    wanted = wanted.expanduser().absolute()
    try:
        _make_root(wanted, account, system_root)
    except OSError as error:
        raise storage_error(wanted, error) from error
    return Layout(wanted.resolve())


def storage_error(root: Path, error: OSError) -> PostgresError:
    """What a failed file operation below the root means to the user."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(root)
    return HomeNotWritableError(Path(error.filename or root), error.strerror)


def _make_root(wanted: Path, account: ServiceAccount | None, system_root: Path) -> None:
    if wanted.is_symlink() and not wanted.exists():
        raise FileNotFoundError(errno.ENOENT, f"it points to the missing {wanted.readlink()}")
    if not wanted.exists():
        wanted.parent.mkdir(parents=True, exist_ok=True)
        if account is None:
            wanted.mkdir(mode=0o700, exist_ok=True)
        elif account.can_enter(wanted.parent):
            _make_passable(wanted)
        else:
            _make_elsewhere(wanted, account, system_root)
    if not os.access(wanted, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "permission denied")


def _make_elsewhere(wanted: Path, account: ServiceAccount, system_root: Path) -> None:
    system_root.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not account.can_enter(system_root):
        raise HomeUnreachableError(wanted, account.name)
    # The random part: a home that was deleted and made anew must not find its old data.
    label = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    place = system_root / f"{label}-{secrets.token_hex(4)}"
    _make_passable(place)
    origin = place / "home"
    origin.write_text(f"{wanted}\n", encoding="utf-8")
    try:
        wanted.symlink_to(place, target_is_directory=True)
    except FileExistsError:  # another process was faster: its place is the one
        origin.unlink()
        place.rmdir()


def _make_passable(folder: Path) -> None:
    """Other accounts may pass through, not list it; the mode holds under a strict umask too."""
    folder.mkdir(mode=0o711, exist_ok=True)
    folder.chmod(0o711)


def make_cluster_folder(layout: Layout, account: ServiceAccount | None) -> None:
    """Raises `HomeUnreachableError` when the account cannot get into it."""
    layout.cluster.mkdir(mode=0o700, exist_ok=True)
    give_to(layout.cluster, account)
    if account is not None and not account.can_enter(layout.cluster):
        raise HomeUnreachableError(layout.cluster, account.name)


def make_socket_folder(layout: Layout, account: ServiceAccount | None) -> None:
    layout.socket_folder.mkdir(mode=0o700, exist_ok=True)
    if layout.socket_folder.lstat().st_uid == os.geteuid():
        give_to(layout.socket_folder, account)
    check_socket_folder(layout, account)


def remove_socket_folder(layout: Layout) -> None:
    with contextlib.suppress(OSError):  # not empty or gone: no harm
        layout.socket_folder.rmdir()


def check_socket_folder(layout: Layout, account: ServiceAccount | None) -> None:
    """Anybody may make folders in /tmp: one that is not ours could hold somebody's own server."""
    folder = layout.socket_folder
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(status.st_mode):
        raise SocketFolderError(folder, "it is not a folder")
    if status.st_uid != (account.uid if account else os.geteuid()):
        raise SocketFolderError(folder, f"it belongs to another user (uid {status.st_uid})")
    if status.st_mode & 0o077:
        raise SocketFolderError(folder, "other users may enter it")


def give_to(path: Path, account: ServiceAccount | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
