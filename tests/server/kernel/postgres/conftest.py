"""Roots that PostgreSQL can reach, and clients to kill."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.postgres import reachable_folder
from tests.support.postgres_clients import Client, end_server

from maestro_ml.server.kernel.postgres import LocalPostgres


@pytest.fixture
def empty_root() -> Iterator[Path]:
    """Where a server may be made; nothing is there yet. What runs there at the end is ended."""
    with reachable_folder() as folder:
        path = folder / "pg"
        yield path
        end_server(path)


@pytest.fixture(scope="session")
def stopped_server() -> Iterator[Path]:
    with reachable_folder() as folder:
        LocalPostgres(folder / "pg").start().stop()
        yield folder / "pg"


@pytest.fixture
def root(empty_root: Path, stopped_server: Path) -> Path:
    """A server that was started once and stopped: a copy, which is quicker than a first start."""
    subprocess.run(["cp", "-a", str(stopped_server), str(empty_root)], check=True)
    return empty_root


@pytest.fixture
def postgres(root: Path) -> Iterator[LocalPostgres]:
    with LocalPostgres(root, start_timeout=60) as server:
        yield server


@pytest.fixture
def client() -> Iterator[Callable[[Path, str], Client]]:
    """Start a client of a root in the given role; it does not outlive the test."""
    clients: list[Client] = []

    def start(root: Path, role: str) -> Client:
        clients.append(Client(root, role))
        return clients[-1]

    yield start
    for started in clients:
        if started.process.returncode is None:
            started.kill()
