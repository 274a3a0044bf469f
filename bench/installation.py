"""A private installation for a benchmark: its own home, its own port, ended with the block."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 1024 * 1024


@dataclass
class Running:
    """`maestro up` in a home, and how long it took until it was ready."""

    process: subprocess.Popen[bytes]
    url: str
    home: Path
    seconds_to_ready: float

    @property
    def api_key(self) -> str:
        """The administrator's key."""
        key: str = json.loads((self.home / "credentials.json").read_text())["api_key"]
        return key

    def tree(self) -> list[psutil.Process]:
        """Every process of the installation, PostgreSQL's included."""
        mine = psutil.Process(self.process.pid)
        found = [mine, *mine.children(recursive=True)]
        data = str((self.home / "postgres").resolve())
        for process in psutil.process_iter(["name"]):
            try:
                if process.info["name"] == "postgres" and process.cwd().startswith(data):
                    found.append(process)
            except psutil.Error:
                continue
        return found


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_ready(url: str, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """Wait for `GET /health/ready` to answer 200. Raises RuntimeError if it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"maestro up ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError("not ready in time")


@contextmanager
def running(home: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """`maestro up` in `home` until the block ends."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "maestro_ml.server.up", "--port", str(port), *arguments],
        env={**os.environ, **environment, "MAESTRO_HOME": str(home)},
        stderr=subprocess.DEVNULL if "BENCH_VERBOSE" not in os.environ else None,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_ready(url, process)
        yield Running(process, url, home, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A home that PostgreSQL's service account can reach when we are root."""
    with tempfile.TemporaryDirectory(prefix="maestro-bench-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


def pss_mb(process: psutil.Process) -> float:
    """Memory of a process with shared pages divided among those who share them, in MB."""
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
