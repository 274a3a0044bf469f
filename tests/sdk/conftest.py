"""A loopback server and a client of it, away from this machine's real credentials."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sdk.loopback import Loopback, serve

from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.transport import Transport


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MAESTRO_HOME", str(folder))
    monkeypatch.delenv("MAESTRO_URL", raising=False)
    monkeypatch.delenv("MAESTRO_API_KEY", raising=False)
    return folder


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A scripted server."""
    with serve() as loopback:
        yield loopback


@pytest.fixture
def client(server: Loopback) -> Iterator[MaestroClient]:
    """A client of `server` with an API key."""
    with MaestroClient(server.url, "mml_test") as opened:
        yield opened


@pytest.fixture
def transport(server: Loopback) -> Iterator[Transport]:
    """The bare transport to `server`."""
    opened = Transport(server.url, "mml_test", timeout=5, max_retries=2)
    yield opened
    opened.close()
