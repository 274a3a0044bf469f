"""Processes that use an embedded PostgreSQL, to be killed; and a look at the server's own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from maestro_ml.server.kernel.postgres.layout import Layout
from maestro_ml.server.kernel.postgres.processes import send_signal

CLIENT = Path(__file__).with_name("postgres_client.py")
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
    """One running client.py, spoken to by lines."""

    def __init__(self, root: Path, role: str, user: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CLIENT), str(root), role, *([str(user)] if user else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def finish_line(self) -> str:
        """The first line of what a short-lived client says."""
        line = self.line()
        self.finish()
        return line

    def finish(self) -> list[str]:
        """End its input and return what it still says."""
        out, _ = self.process.communicate(timeout=60)
        return out.split()

    def kill(self) -> list[str]:
        self.process.kill()
        return self.finish()
