"""`LocalPostgres`: start or attach to the one embedded server of a folder, and leave it again."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from . import backup, databases
from .account import service_account
from .binaries import locate_binaries
from .cluster import PORT, Cluster
from .creation import SUPERUSER
from .errors import NotStartedError, UnsupportedPlatformError
from .layout import SYSTEM_ROOT, prepare_root, storage_error
from .locks import FileLock, exclusive
from .passwords import Passwords


class LocalPostgres:
    """A PostgreSQL that lives below `root` and is shared by all processes that start it.

    The first `start` creates and starts it, later ones attach, the last `stop` ends it. A user
    that is killed is forgotten by the kernel; a killed server is recovered by the next `start` or
    `restart_if_dead`, without loss of a committed row. `root` should not exist beforehand: its
    modes are chosen here. Methods block; call them from a thread in async code.

    `bin_dir` overrides MAESTRO_PG_BIN; `parameters` are PostgreSQL settings that win over ours;
    `system_root` takes the data when we are root and the service account cannot reach `root`.
    """

    def __init__(
        self,
        root: Path,
        *,
        bin_dir: Path | None = None,
        start_timeout: float = 300.0,
        parameters: Mapping[str, str] | None = None,
        system_root: Path = SYSTEM_ROOT,
    ) -> None:
        """Touches nothing. Raises `UnsupportedPlatformError`, `BinariesNotFoundError`."""
        if sys.platform == "win32":
            raise UnsupportedPlatformError("Windows")
        self._wanted_root = root
        self._binaries = locate_binaries(bin_dir)
        self._start_timeout = start_timeout
        self._parameters = dict(parameters or {})
        self._system_root = system_root
        self._running: Cluster | None = None
        self._users: FileLock | None = None
        self._pid = 0

    @property
    def version(self) -> str:
        """Of the programs, such as "18.6"."""
        return self._binaries.version

    def start(self) -> Self:
        """Start the server, or attach to it; again is harmless, and brings a dead one back.

        Raises the `PostgresError` that says what is in the way.
        """
        self.restart_if_dead()
        return self

    def restart_if_dead(self) -> bool:
        """Bring the server up if it is not; True if that was necessary.

        For users of a server that crashed: existing connections are lost, new ones will work.
        """
        cluster = self._running or self._open()
        try:
            with exclusive(cluster.layout.startup_lock):
                return self._use(cluster)
        except OSError as error:
            raise storage_error(cluster.layout.root, error) from error

    def stop(self) -> bool:
        """Leave; the last user ends the server. True if it was ended. Raises `StopError`."""
        if self._running is None or self._users is None:
            return False
        cluster, users = self._running, self._users
        self._running = self._users = None
        atexit.unregister(self.stop)
        if os.getpid() != self._pid:  # a fork: the share belongs to the parent, who still uses it
            users.close()
            return False
        try:
            with exclusive(cluster.layout.startup_lock):
                last = users.take()
                if last:
                    cluster.shut_down()
        except FileNotFoundError:  # the folder was deleted: PostgreSQL notices, and ends itself
            return False
        finally:
            users.close()
        return last

    def ready(self) -> bool:
        """Whether we use the server and it answers now."""
        return self._running is not None and self._running.is_ready()

    def dsn(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """A URL for libpq and asyncpg; the password is the one on file unless given.

        Raises `PasswordMissingError`, `InvalidNameError`.
        """
        layout = self._cluster().layout
        databases.check_name(user)
        secret = Passwords(layout.passwords).get(user) if password is None else password
        address = urlencode({"host": str(layout.socket_folder), "port": PORT}, safe="/")
        credentials = f"{quote(user, safe='')}:{quote(secret, safe='')}"
        return f"postgresql://{credentials}@/{quote(database, safe='')}?{address}"

    def ensure_database(self, name: str, owner: str, password: str | None = None) -> str:
        """Create the database and its owner role if missing; the owner's DSN.

        The owner logs in, may create roles, owns the database and is no superuser. Its password is
        made at random once, unless given, and kept in a file of mode 0600.
        Raises `DatabaseError`, `InvalidNameError`.
        """
        databases.check_name(name)
        passwords = Passwords(self._cluster().layout.passwords)
        databases.check_name(owner)
        if password is not None:
            passwords.set(owner, password)
        secret = passwords.get_or_create(owner)
        databases.ensure_database(self.dsn("postgres"), name, owner, secret)
        return self.dsn(name, owner)

    def dump(self, path: Path, database: str) -> None:
        """Write a compressed, consistent dump. Raises `BackupError`."""
        backup.dump(self._binaries, self.dsn(database), path)

    def restore(self, path: Path, database: str) -> None:
        """Replace an existing database by a dump, all or nothing; its connections are cut.

        Raises `BackupError`.
        """
        backup.restore(self._binaries, self.dsn(database), path)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _open(self) -> Cluster:
        account = service_account(self._wanted_root.expanduser() / "cluster")
        layout = prepare_root(self._wanted_root, account, self._system_root)
        return Cluster(layout, self._binaries, account, self._start_timeout, self._parameters)

    def _use(self, cluster: Cluster) -> bool:
        """Be counted as a user from before the server is up until `stop`; True if it was down."""
        users = self._users or FileLock(cluster.layout.users_lock)
        try:
            users.share()
            started = cluster.bring_up()
        except BaseException:
            if self._users is None:
                users.close()
            raise
        if self._users is None:
            self._running, self._users, self._pid = cluster, users, os.getpid()
            atexit.register(self.stop)
        return started

    def _cluster(self) -> Cluster:
        if self._running is None:
            raise NotStartedError
        return self._running
