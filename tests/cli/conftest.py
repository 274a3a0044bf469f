"""The program, and a real server for it to talk to."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from maestro_ml.cli.main import main
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.process import listen
from maestro_ml.server.wiring import Platform


@dataclass(frozen=True)
class Result:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Maestro:
    """Runs `maestro …` with a home of its own and nothing else from this machine's environment."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def environment(self, **extra: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAESTRO_")}
        return {**inherited, "COLUMNS": "80", "MAESTRO_HOME": str(self.home), **self.env, **extra}

    def __call__(self, *args: str, stdin: str = "", **env: str) -> Result:
        """The whole program in this process, which saves a second of imports for each run."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment(**env), clear=True),
            patch.object(sys, "argv", ["maestro", *args]),
            patch.object(sys, "stdin", io.StringIO(stdin)),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        return Result(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def process(self, *args: str, **env: str) -> Result:
        """The program as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "maestro_ml.cli", *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self.environment(**env),
            timeout=180,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def maestro(tmp_path: Path) -> Maestro:
    """The program with an empty home."""
    return Maestro(tmp_path / "home")


@pytest.fixture(scope="session")
def live(installation: Installation) -> Iterator[str]:
    """The URL of a real `maestro server`, which the command line hands over to."""
    home = installation.settings.home
    sock = listen("127.0.0.1", 0)
    environment = Maestro(home).environment(
        MAESTRO_DATABASE_URL=installation.database_url,
        MAESTRO_AUTH_SECRET_KEY=installation.secret_key,
        MAESTRO_LIMIT_LOGIN_PER_MINUTE="0",
        MAESTRO_LIMIT_API_PER_MINUTE="0",
    )
    with (home / "server.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "maestro_ml.cli", "server", "--fd", str(sock.fileno())],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            pass_fds=[sock.fileno()],
        )
        assert process.stdin is not None
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        deadline = time.monotonic() + 60
        while not _is_ready(url):
            assert process.poll() is None, log.seek(0) or log.read()
            assert time.monotonic() < deadline, "the server did not get ready in time"
        yield url
        process.stdin.close()  # a supervised server ends with its supervisor
        process.wait(30)
        sock.close()


def _is_ready(url: str) -> bool:
    """Whether the server is ready; the socket listens already, so this waits for its answer."""
    try:
        return httpx.get(f"{url}/health/ready", timeout=1).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
async def admin(maestro: Maestro, live: str, platform: Platform) -> Maestro:
    """The program with the address of `live` and the key of a fresh tenant's administrator."""
    key = await platform.tenants.create(f"tenant-{new_id()}")
    maestro.env |= {"MAESTRO_URL": live, "MAESTRO_API_KEY": key}
    return maestro
