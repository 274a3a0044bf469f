"""Keeps a handful of child processes alive, and ends them together."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()
_LOOK_SECONDS = 0.25
_END_SECONDS = 15.0
_LONGEST_PAUSE = 10.0
_STEADY_SECONDS = 30.0


@dataclass
class Program:
    """One child: `python -m maestro_ml.server.<module>`, with a listening socket or without."""

    name: str
    module: str
    arguments: list[str]
    sock: socket.socket | None
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        """Start the child; its standard input stays open for as long as we live."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", f"maestro_ml.server.{self.module}", *self.arguments],
            stdin=subprocess.PIPE,
            env=dict(self.environment),
            pass_fds=[] if self.sock is None else [self.sock.fileno()],
            # A Ctrl-C on the terminal reaches the supervisor alone, which ends all in order.
            start_new_session=True,
        )

    def revive(self) -> None:
        """Start the child again if it died, ever more slowly if it keeps dying."""
        if self.process is None or self.process.poll() is None:
            return
        alive = time.monotonic() - self.started_at
        self.pause = 0.0 if alive > _STEADY_SECONDS else self.pause
        if alive < self.pause:
            return
        log.warning("process.restarted", name=self.name, exit_code=self.process.returncode)
        self.pause = min(_LONGEST_PAUSE, max(0.5, self.pause * 2))
        self.start()


@dataclass
class Supervisor:
    """Runs programs until told to stop."""

    programs: list[Program]
    keep_database: Callable[[], None]
    stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def started(self) -> Iterator[None]:
        """Start every program, and end them all on the way out."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            for program in self.programs:
                program.start()
            yield
        finally:
            self._end()

    def run(self) -> None:
        """Keep everything alive until a signal asks to stop."""
        while not self.stopping.wait(_LOOK_SECONDS):
            self.keep_database()
            for program in self.programs:
                program.revive()

    def _end(self) -> None:
        alive = [p.process for p in self.programs if p.process and p.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + _END_SECONDS
        for process in alive:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process.killed", pid=process.pid)
                process.kill()
                process.wait()


def wait_until_ready(
    address: tuple[str, int], stopping: threading.Event, *, seconds: float = 60.0
) -> bool:
    """Whether `GET /health/ready` answered 200 in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not stopping.is_set():
        connection = http.client.HTTPConnection(*address, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.client.OK:
                return True
        except OSError:
            pass
        finally:
            connection.close()
        stopping.wait(0.05)
    return stopping.is_set()
