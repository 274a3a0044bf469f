"""`maestro up` as a user starts it: real processes, a home of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

_START_SECONDS = 90


@dataclass
class Up:
    """A running platform."""

    process: subprocess.Popen[bytes]
    url: str
    home: Path
    log: Path

    @property
    def credentials(self) -> dict[str, str]:
        """What the command line finds in the home."""
        stored: dict[str, str] = json.loads((self.home / "credentials.json").read_text())
        return stored

    def client(self) -> httpx.Client:
        """The administrator's client."""
        bearer = {"Authorization": f"Bearer {self.credentials['api_key']}"}
        return httpx.Client(base_url=self.url, headers=bearer, timeout=30)

    def children(self, module: str) -> list[psutil.Process]:
        """The living processes that run `maestro_ml.server.<module>`."""
        named = f"maestro_ml.server.{module}"
        return [
            child
            for child in psutil.Process(self.process.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and named in child.cmdline()
        ]

    def stop(self) -> int:
        """End it as Ctrl-C or a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a command for `home`, without settings from outside."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MAESTRO_")}
    return {**inherited, "MAESTRO_HOME": str(home), "NO_COLOR": "1", **settings}


def maestro(
    home: Path, *arguments: str, timeout: float = 120, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one `maestro` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "maestro_ml.cli", *arguments],
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_up(home: Path, *arguments: str, **settings: str) -> Iterator[Up]:
    """`maestro up` in `home`, ready, until the block ends."""
    port = free_port()
    log = home.parent / f"up-{port}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "maestro_ml.cli", "up", "--port", str(port), *arguments],
            env=environment(home, MAESTRO_LIMIT_API_PER_MINUTE="0", **settings),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    up = Up(process, f"http://127.0.0.1:{port}", home, log)
    try:
        _wait(up)
        yield up
    finally:
        if process.poll() is None:
            up.stop()


def _wait(up: Up) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert up.process.poll() is None, up.log.read_text()
        if "Maestro is ready" in up.log.read_text():
            return
        time.sleep(0.1)
    raise AssertionError(f"not ready in {_START_SECONDS} s:\n{up.log.read_text()}")


def wait_until_healthy(url: str, seconds: float = 60) -> None:
    """Wait until every component answers again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not get healthy in {seconds} s")
