"""One database cluster on disk: its creation, its server's start, recovery and end."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from .account import ServiceAccount
from .binaries import Binaries, reachable_binaries
from .creation import DISK_FULL, SUPERUSER, create_data
from .errors import (
    DataVersionError,
    DiskFullError,
    StartError,
    StartTimeoutError,
    StopError,
)
from .layout import (
    Layout,
    check_socket_folder,
    make_cluster_folder,
    make_socket_folder,
    remove_socket_folder,
)
from .locks import FileLock, is_free
from .parameters import server_parameters
from .processes import end_orphans, find_postmaster, pid_file_lines, send_signal
from .programs import run_program

PORT = 5432  # names the socket file; nothing listens on TCP
STOP_PATIENCE = 60.0  # seconds for a fast shutdown before the server is ended without a checkpoint
LARGEST_LOG = 10 * 2**20  # bytes
# `$0` is the log, "$@" the server: as arguments, no character of a path is special to the shell.
IN_BACKGROUND = 'umask 077; "$@" </dev/null >>"$0" 2>&1 &'


@dataclass(frozen=True, slots=True)
class Cluster:
    """Every method but `is_ready` must be called under the layout's startup lock."""

    layout: Layout
    binaries: Binaries
    account: ServiceAccount | None
    start_timeout: float
    parameters: Mapping[str, str] = field(default_factory=dict)

    def is_ready(self) -> bool:
        """Whether the server answers: asked of itself, because a pid proves nothing."""
        socket = self.layout.socket_folder / f".s.PGSQL.{PORT}"
        if not socket.exists():
            return False
        check_socket_folder(self.layout, self.account)
        address = make_conninfo(
            host=str(socket.parent),
            port=PORT,
            user=SUPERUSER,
            dbname="postgres",
            connect_timeout=3,
            sslmode="disable",
            gssencmode="disable",
        )
        return PGconn.ping(address.encode()) == Ping.OK

    def check_version(self) -> None:
        """Raises `DataVersionError` when the data needs other programs."""
        with contextlib.suppress(FileNotFoundError):
            found = (self.layout.data / "PG_VERSION").read_text(encoding="utf-8").strip()
            if found != str(self.binaries.major):
                raise DataVersionError(self.layout.data, found, self.binaries.major)

    def bring_up(self) -> bool:
        """Create what is missing, clear what a crash left, start; False if it runs already.

        Raises `HomeUnreachableError`, `InitError`, `DiskFullError`, `StartError`,
        `StartTimeoutError`, `SocketFolderError`.
        """
        self.check_version()
        if self.is_ready():
            return False
        lock = FileLock(self.layout.server_lock)
        try:
            if self._wait_until_gone(lock):
                return False
            make_cluster_folder(self.layout, self.account)
            make_socket_folder(self.layout, self.account)
            binaries = reachable_binaries(self.binaries, self.account, self.layout.binaries)
            if not self.layout.data.exists():
                create_data(self.layout, binaries, self.account, lock.fd)
            self._remove_leftovers()
            log_start = self._launch(binaries, lock)
        finally:
            lock.close()  # from here on the server alone holds it
        self._wait_until_ready(log_start)
        return True

    def shut_down(self) -> None:
        """End the server: with a checkpoint if that goes well, else as a crash would (both safe).

        Raises `StopError`.
        """
        for signal_number in (signal.SIGINT, signal.SIGQUIT):
            postmaster = find_postmaster(self.layout.data, self.layout.name)
            if postmaster is None:
                end_orphans(self.layout.name)
            else:
                send_signal(postmaster, signal_number)
            if _poll(lambda: is_free(self.layout.server_lock), STOP_PATIENCE):
                remove_socket_folder(self.layout)
                return
        raise StopError(
            f"the PostgreSQL of {self.layout.root} does not end; the end of its log:\n"
            f"{self._log_tail()}"
        )

    def _wait_until_gone(self, lock: FileLock) -> bool:
        """Take the server's lock, or return True when the server got ready in the meantime."""
        deadline = time.monotonic() + self.start_timeout
        while not lock.take():
            if self.is_ready():
                return True
            if find_postmaster(self.layout.data, self.layout.name) is None:
                end_orphans(self.layout.name)
            if time.monotonic() > deadline:
                raise StartTimeoutError(
                    f"processes of the PostgreSQL in {self.layout.root} are alive but it accepts "
                    "no connections (is it used in another container, or recovering?): wait, or "
                    f"end them; the end of its log:\n{self._log_tail()}"
                )
            time.sleep(0.05)
        return False

    def _remove_leftovers(self) -> None:
        """Only when no process of the server is left: a reused pid in them would stop the start."""
        (self.layout.data / "postmaster.pid").unlink(missing_ok=True)
        for path in self.layout.socket_folder.glob(".s.PGSQL.*"):
            path.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if self.layout.log.stat().st_size > LARGEST_LOG:
                self.layout.log.replace(self.layout.log.with_suffix(".log.1"))

    def _launch(self, binaries: Binaries, lock: FileLock) -> int:
        """Start the server as nobody's child, holding the lock; return where its log begins."""
        parameters = server_parameters(binaries.major, self.parameters) | {
            "cluster_name": self.layout.name,
            "port": str(PORT),
            "unix_socket_directories": str(self.layout.socket_folder),
        }
        log = self.layout.log
        log_start = log.stat().st_size if log.exists() else 0
        server = [str(binaries.program("postgres")), "-D", str(self.layout.data)]
        for name, value in parameters.items():
            server += ["-c", f"{name}={value}"]
        outcome = run_program(
            ["/bin/sh", "-c", IN_BACKGROUND, str(log), *server],
            account=self.account,
            keep_fd=lock.fd,
            new_session=True,  # a Ctrl-C in the user's terminal is for us, not for the server
        )
        if not outcome.ok:
            raise StartError(f"PostgreSQL could not be started: {outcome.tail()}")
        return log_start

    def _wait_until_ready(self, log_start: int) -> None:
        def settled() -> bool:
            return self._says_ready() or is_free(self.layout.server_lock)

        if not _poll(settled, self.start_timeout):
            raise StartTimeoutError(
                f"PostgreSQL is not ready after {self.start_timeout:.0f} s; it may still be "
                "recovering after a crash: wait, then start again; the end of its log "
                f"({self.layout.log}):\n{self._log_tail(log_start)}"
            )
        if not self._says_ready():
            tail = self._log_tail(log_start)
            if DISK_FULL in tail:
                raise DiskFullError(self.layout.root)
            raise StartError(
                "PostgreSQL ended while it started. Remove the cause and start again; the end of "
                f"its log ({self.layout.log}):\n{tail}"
            )

    def _says_ready(self) -> bool:
        """Read from its pid file: asking it while it recovers would fill its log with refusals.

        The file was removed before the launch, so it is this server's word; that it may be killed
        in the next moment is no failure to start.
        """
        lines = pid_file_lines(self.layout.data)
        return len(lines) >= 8 and lines[7] == "ready"

    def _log_tail(self, start: int = 0) -> str:
        try:
            with self.layout.log.open("rb") as file:
                file.seek(max(start, self.layout.log.stat().st_size - 20_000))
                text = file.read().decode(errors="replace")
        except OSError as error:
            return f"(no log: {error})"
        return re.sub(r"\n{2,}", "\n", "\n".join(text.strip().splitlines()[-15:]))


def _poll(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time; often at first, since most things take moments."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    return True
