"""Fixtures for the tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.job_child import Note
from tests.support.jobs import Jobs
from tests.support.tenant import TenantFactory
from tests.support.workers import StartWorker, worker_environment, workers

from maestro_ml.server.installation import Installation


@pytest.fixture(scope="session")
def environment(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What workers read."""
    return worker_environment(installation, tmp_path_factory.getbasetemp() / "compiled")


@pytest.fixture
def start_worker(environment: dict[str, str], database_url: str) -> Iterator[StartWorker]:
    """Starts workers of the test's own."""
    with workers(environment, database_url) as start:
        yield start


@pytest.fixture
async def jobs(tenants: TenantFactory) -> Jobs:
    """A fresh tenant's jobs."""
    return Jobs(await tenants.create())


@pytest.fixture
def note(tmp_path: Path) -> Note:
    """A payload with a folder."""
    return Note(text="hello", folder=str(tmp_path))
