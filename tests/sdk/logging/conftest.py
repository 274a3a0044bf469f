"""A home of the test's own, and a real server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.live import live_server

from maestro_ml import MaestroClient
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.wiring import Platform


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the logs; nothing is captured unless a test asks for it."""
    folder = tmp_path / "home" / "runs"
    monkeypatch.setenv("MAESTRO_HOME", str(folder.parent))
    monkeypatch.setenv("MAESTRO_CAPTURE", "off")
    for name in ("MAESTRO_URL", "MAESTRO_API_KEY", "MAESTRO_MODE", "MAESTRO_RUN_DIR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def live(installation: Installation) -> Iterator[str]:
    """The URL of a real server."""
    with live_server(installation) as server:
        yield server.url


@pytest.fixture
async def key(platform: Platform) -> str:
    """The API key of a fresh tenant's administrator."""
    return await platform.tenants.create(f"tenant-{new_id()}")


@pytest.fixture
def server(live: str, key: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MaestroClient]:
    """The server that runs find in the environment, and a client to look at what it has."""
    monkeypatch.setenv("MAESTRO_URL", live)
    monkeypatch.setenv("MAESTRO_API_KEY", key)
    with MaestroClient() as client:
        yield client
