"""`maestro up --workers 2`: one port, two API processes, and each goes on without the other."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from tests.support.up import Up, running_up

_SECONDS = 60


def until(condition: Callable[[], bool]) -> None:
    """Wait for `condition`."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answered(process: psutil.Process) -> bool:
    return any(each.status == psutil.CONN_ESTABLISHED for each in process.net_connections("tcp"))


def get(up: Up, path: str) -> httpx.Response:
    """Ask over a connection of its own."""
    bearer = {"Authorization": f"Bearer {up.credentials['api_key']}"}
    return httpx.get(f"{up.url}{path}", headers=bearer, timeout=30)


@pytest.mark.chaos
def test_two_workers_share_the_port_and_one_outlives_the_other(home: Path) -> None:
    with running_up(home, "--workers", "2") as up:
        address = urlsplit(up.url)
        first, second = up.children("app")
        held: list[socket.socket] = []

        def both_answer() -> bool:
            held.append(socket.create_connection((address.hostname, address.port)))
            held[-1].sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            return answered(first) and answered(second)

        until(both_answer)
        for each in held:
            each.close()
        first.kill()
        first.wait(_SECONDS)
        for _ in range(20):
            assert get(up, "/api/v1/experiments").status_code == 200
        until(lambda: len(up.children("app")) == 2)
        assert second.pid in [each.pid for each in up.children("app")]
        assert up.stop() == 0


@pytest.mark.chaos
def test_a_key_that_one_worker_revokes_is_refused_by_the_other_within_seconds(home: Path) -> None:
    with running_up(home, "--workers", "2") as up, up.client() as client:
        made = client.post("/api/v1/auth/api-keys", json={"name": "short-lived"}).json()
        bearer = {"Authorization": f"Bearer {made['secret']}"}

        def ask() -> int:
            return httpx.get(f"{up.url}/api/v1/experiments", headers=bearer, timeout=30).status_code

        assert {ask() for _ in range(20)} == {200}
        assert client.delete(f"/api/v1/auth/api-keys/{made['id']}").is_success
        revoked_at = time.monotonic()
        until(lambda: {ask() for _ in range(20)} == {401})
        assert time.monotonic() - revoked_at < 15
