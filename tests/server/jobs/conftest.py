"""Real worker processes for the tests of jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.support.job_child import Note
from tests.support.jobs import Jobs
from tests.support.tenant import TenantFactory

from maestro_ml.server.installation import Installation

ROOT = Path(__file__).parents[3]
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="session")
def worker_environment(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What a worker reads; compiled modules are kept, for the many children that start."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(tmp_path_factory.getbasetemp() / "compiled"),
        "MAESTRO_HOME": str(installation.settings.home),
        "MAESTRO_DATABASE_URL": installation.database_url,
        "MAESTRO_AUTH_SECRET_KEY": "a secret of this test's own, 32+ bytes",
        "MAESTRO_LOG_LEVEL": "warning",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def empty_queue(connection: psycopg.Connection) -> None:
    """Withdraw what other tests submitted."""
    connection.execute("SET search_path TO public, queue")
    connection.execute("DELETE FROM procrastinate_jobs")


@contextmanager
def workers(environment: dict[str, str]) -> Iterator[StartWorker]:
    """Starts workers that end with the block; keyword arguments are MAESTRO_JOB_* settings."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**settings: float) -> subprocess.Popen[bytes]:
        chosen = {f"MAESTRO_JOB_{name.upper()}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "tests.support.job_worker"]
        process = subprocess.Popen(command, env={**environment, **chosen}, cwd=ROOT)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.fixture
def start_worker(
    worker_environment: dict[str, str], owner_connection: psycopg.Connection
) -> Iterator[StartWorker]:
    """Starts workers of the test's own; no job of another test waits for them."""
    empty_queue(owner_connection)
    with workers(worker_environment) as start:
        yield start


@pytest.fixture
async def jobs(tenants: TenantFactory) -> Jobs:
    """A fresh tenant's jobs."""
    return Jobs(await tenants.create())


@pytest.fixture
def note(tmp_path: Path) -> Note:
    """A payload with a folder."""
    return Note(text="hello", folder=str(tmp_path))
