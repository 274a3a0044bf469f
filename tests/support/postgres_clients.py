"""Processes that use an embedded PostgreSQL, to be killed; and a look at the server's own."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from maestro_ml.server.kernel.postgres.layout import Layout
from maestro_ml.server.kernel.postgres.processes import send_signal

CLIENT = Path(__file__).with_name("postgres_client.py")
environment_for_all = pytest.mark.skipif(
    any(not folder.stat().st_mode & 0o001 for folder in Path(sys.prefix).resolve().parents),
    reason="is about programs where they lie, and other users may not enter that folder here",
)
NORMAL_USER = 65534  # "nobody"


def server_processes(root: Path) -> list[psutil.Process]:
    name, found = Layout(root.resolve()).name, []
    for process in psutil.process_iter():
        try:
            if name in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def end_server(root: Path) -> None:
    """End what still runs there; unlike kill -9 this leaves no shared memory behind."""
    processes = server_processes(root)
    for process in processes:
        send_signal(process, signal.SIGQUIT)
    _, stuck = psutil.wait_procs(processes, timeout=10)
    kill(stuck)


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


class Client:
    """One running postgres_client.py, spoken to by lines."""

    def __init__(self, root: Path, role: str, user: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CLIENT), str(root), role, *([str(user)] if user else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        # Read all the time: a writer that waits for room in the pipe would not see a crash.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.strip())

    def line(self) -> str:
        return self._lines.get(timeout=60)

    def finish(self) -> list[str]:
        """End its input, wait for its end, and return what it said and nobody read."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self._reader.join()
        return [self._lines.get() for _ in range(self._lines.qsize())]

    def kill(self) -> list[str]:
        self.process.kill()
        return self.finish()
