"""Roots that PostgreSQL can reach, and clients to kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.postgres import reachable_folder
from tests.support.postgres_clients import Client, kill, server_processes

from maestro_ml.server.kernel.postgres import LocalPostgres


@pytest.fixture
def root() -> Iterator[Path]:
    """Where a server may be made; whatever runs there at the end is ended."""
    with reachable_folder() as folder:
        path = folder / "pg"
        yield path
        kill(server_processes(path))


@pytest.fixture
def postgres(root: Path) -> Iterator[LocalPostgres]:
    with LocalPostgres(root, start_timeout=60) as server:
        yield server


@pytest.fixture
def client(root: Path) -> Iterator[Callable[[str], Client]]:
    """Start a client of the test's root in the given role; it does not outlive the test."""
    clients: list[Client] = []

    def start(role: str) -> Client:
        clients.append(Client(root, role))
        return clients[-1]

    yield start
    for started in clients:
        if started.process.returncode is None:
            started.kill()
