"""Real worker processes for tests, with the jobs of `job_child`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from maestro_ml.server.installation import Installation

ROOT = Path(__file__).parents[2]
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


def worker_environment(installation: Installation, compiled: Path) -> dict[str, str]:
    """What a worker reads; modules are kept in `compiled`, for the many children that start."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(compiled),
        "MAESTRO_HOME": str(installation.settings.home),
        "MAESTRO_DATABASE_URL": installation.database_url,
        "MAESTRO_AUTH_SECRET_KEY": "a secret of this test's own, 32+ bytes",
        "MAESTRO_LOG_LEVEL": "warning",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


@contextmanager
def workers(environment: dict[str, str], database_url: str) -> Iterator[StartWorker]:
    """Starts workers that end with the block; keyword arguments are MAESTRO_JOB_* settings.

    No job that was submitted before waits for them.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET search_path TO public, queue")
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute("SET ROLE maestro_system")
        connection.execute(
            "UPDATE job SET state = 'cancelled' WHERE state IN ('queued', 'running')"
        )
    started: list[subprocess.Popen[bytes]] = []

    def start(**settings: float) -> subprocess.Popen[bytes]:
        chosen = {f"MAESTRO_JOB_{name.upper()}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "tests.support.job_worker"]
        process = subprocess.Popen(command, env={**environment, **chosen}, cwd=ROOT)
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
