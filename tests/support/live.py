"""A real `maestro server` process on a loopback port."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.process import listen


@dataclass(frozen=True)
class LiveServer:
    """Its address and its process id."""

    url: str
    pid: int


@contextmanager
def live_server(
    installation: Installation, *, port: int = 0, **settings: str
) -> Iterator[LiveServer]:
    """Serves the installation with `MAESTRO_*` settings of its own; ends with the block.

    With a `port` another one can come back where it was.
    """
    home = installation.settings.home
    sock = listen("127.0.0.1", port)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAESTRO_")}
    with (home / "live-server.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "maestro_ml.cli", "server", "--fd", str(sock.fileno())],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={
                **inherited,
                "MAESTRO_HOME": str(home),
                "MAESTRO_DATABASE_URL": installation.database_url,
                "MAESTRO_AUTH_SECRET_KEY": installation.secret_key,
                "MAESTRO_LIMIT_API_PER_MINUTE": "0",
                **settings,
            },
            pass_fds=[sock.fileno()],
        )
        assert process.stdin is not None
        server = LiveServer(f"http://127.0.0.1:{sock.getsockname()[1]}", process.pid)
        try:
            _wait(server, process)
            yield server
        finally:
            process.stdin.close()  # a supervised server ends with its supervisor
            process.wait(30)
            sock.close()


def _wait(server: LiveServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, "the server ended; see live-server.log in its home"
        assert time.monotonic() < deadline, "the server did not get ready in time"
        try:
            # The socket listens already, so this waits for the server's answer.
            if httpx.get(f"{server.url}/health/ready", timeout=1).is_success:
                return
        except httpx.TransportError:
            continue
