"""The program as a process, and a real server for it to talk to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from maestro_ml.server.app import create_app
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.wiring import Platform, wire


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
        return {
            **inherited,
            "COLUMNS": "80",
            "MAESTRO_HOME": str(self.home),
            "_TYPER_FORCE_DISABLE_TERMINAL": "1",
            **self.env,
            **extra,
        }

    def __call__(self, *args: str, stdin: str = "", **env: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "maestro_ml.cli", *args],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment(**env),
            timeout=60,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def maestro(tmp_path: Path) -> Maestro:
    """The program with an empty home."""
    return Maestro(tmp_path / "home")


@pytest.fixture(scope="session")
def live(installation: Installation) -> Iterator[str]:
    """The URL of a real API process's application on loopback."""
    app = create_app(wire(installation.settings))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
async def admin(maestro: Maestro, live: str, platform: Platform) -> Maestro:
    """The program with the address of `live` and the key of a fresh tenant's administrator."""
    key = await platform.tenants.create(f"tenant-{new_id()}")
    maestro.env |= {"MAESTRO_URL": live, "MAESTRO_API_KEY": key}
    return maestro
