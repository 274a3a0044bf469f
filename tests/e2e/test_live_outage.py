"""PostgreSQL dies under those who follow a run: they notice a pause, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.up import running_up
from websockets.sync.client import ClientConnection, connect


def hear(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        message: dict[str, Any] = json.loads(socket.recv(timeout=60))
        if message["type"] == kind:
            return message
    raise AssertionError(f"no message of the kind {kind} in time")


def log(client: httpx.Client, points: str, *, step: int) -> None:
    """Log a point as clients do: again, while the answer is 503."""
    deadline = time.monotonic() + 60
    body = {"key": "m", "value": 1, "step": step, "timestamp": step}
    while (answer := client.post(points, json=body)).status_code == 503:
        assert time.monotonic() < deadline, answer.text
    assert answer.is_success, answer.text


def steps(socket: ClientConnection) -> list[int]:
    """The steps of the points that come next."""
    return [step for series in hear(socket, "points")["series"] for step in series["steps"]]


@pytest.mark.slow
@pytest.mark.chaos
def test_followers_outlive_a_crash_of_postgresql(home: Path) -> None:
    with running_up(home, "--no-ui") as up, up.client() as client:
        run = client.post("/api/v1/runs", json={}).json()["id"]
        bearer = {"Authorization": f"Bearer {up.credentials['api_key']}"}
        address = up.url.replace("http", "ws") + "/api/v1/ws"
        with connect(address, additional_headers=bearer, proxy=None) as socket:
            follow = {"type": "subscribe", "id": "r", "kind": "run", "target": run}
            socket.send(json.dumps(follow))
            hear(socket, "run")
            points = f"/api/v1/runs/{run}/metrics"
            log(client, points, step=1)
            assert steps(socket) == [1]
            [pid_file] = home.rglob("postmaster.pid")
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
            log(client, points, step=2)
            assert steps(socket) == [2]
