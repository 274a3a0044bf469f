"""Searches in real workers: cancelled, killed and run again; and the same on an external PostgreSQL."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.postgres import UNSAFE_BUT_FAST, reachable_folder
from tests.support.up import Up, maestro, running_up

from maestro_ml.server.kernel.postgres import LocalPostgres

pytestmark = [pytest.mark.slow, pytest.mark.timing]

IRIS = Path(__file__).parents[2] / "examples" / "data" / "iris.csv"
DEBIAN = Path("/usr/lib/postgresql/15/bin")
JOBS = "/api/v1/automl/jobs"


def start(client: httpx.Client, **request: Any) -> str:
    uploaded = client.post(
        "/api/v1/datasets/upload",
        params={"name": "iris", "filename": "iris.csv"},
        content=IRIS.read_bytes(),
    )
    assert uploaded.status_code in (200, 201), uploaded.text
    body = {"dataset_id": "iris", "target": "species"} | request
    answer = client.post(JOBS, json=body)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


def wait_for(
    client: httpx.Client, job_id: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 120
) -> dict[str, Any]:
    """The search's progress once `holds` is true of it."""
    deadline = time.monotonic() + seconds
    progress: dict[str, Any] = {}
    while time.monotonic() < deadline:
        progress = client.get(f"{JOBS}/{job_id}").json()
        if holds(progress):
            return progress
        assert progress["status"] != "failed", progress
        time.sleep(0.1)
    raise AssertionError(f"it did not happen in {seconds} s: {progress}")


def ended(progress: dict[str, Any]) -> bool:
    return progress["status"] not in ("queued", "running")


def has_a_trial(progress: dict[str, Any]) -> bool:
    return bool(progress["finished"] >= 1)


@contextmanager
def platform(home: Path, **settings: str) -> Iterator[tuple[Up, httpx.Client]]:
    with running_up(home, **settings) as up, up.client() as client:
        yield up, client


@pytest.mark.chaos
def test_a_search_whose_worker_is_killed_runs_again_and_is_not_doubled(home: Path) -> None:
    with platform(home) as (up, client):
        job_id = start(client, time_budget=10, max_trials=6)
        wait_for(client, job_id, has_a_trial)
        assert len(list((up.home / "searches").iterdir())) == 1
        (worker,) = up.children("worker")
        offspring = worker.children(recursive=True)
        worker.send_signal(signal.SIGKILL)
        finished = wait_for(client, job_id, ended)
        assert finished["status"] == "succeeded"
        assert list((up.home / "searches").iterdir()) == []
        best = client.get(f"{JOBS}/{job_id}/results").json()["best_model"]
        version = f"/api/v1/models/{best['name']}/versions/{best['version']}"
        report = client.get(f"{version}/report").json()
        assert sum(map(sum, report["classification"]["confusion"])) == 150
        assert not [process for process in offspring if process.is_running()]
        job = client.get(f"/api/v1/jobs/{job_id}").json()
        assert job["attempts"] == 2
        run_id = client.get(f"{JOBS}/{job_id}/results").json()["run_id"]
        trials = client.get(f"/api/v1/runs/{run_id}/children").json()["items"]
        names = [trial["name"] for trial in trials]
        assert len(names) == len(set(names))
        models = client.get("/api/v1/models").json()["items"]
        assert [model["latest_version"] for model in models] == [1]
        assert maestro(home, "admin", "verify-audit").returncode == 0


def test_a_cancelled_search_ends_soon_and_keeps_its_best(home: Path) -> None:
    with platform(home) as (_, client):
        job_id = start(client, time_budget=120)
        wait_for(client, job_id, has_a_trial)
        asked = time.monotonic()
        client.post(f"{JOBS}/{job_id}/cancel").raise_for_status()
        progress = wait_for(client, job_id, ended, seconds=30)
        assert progress["status"] == "cancelled"
        assert time.monotonic() - asked < 15
        results = client.get(f"{JOBS}/{job_id}/results").json()
        assert results["leaderboard"]
        assert results["best_model"]["version"] == 1


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="NOT TESTED: PostgreSQL 15 is not installed here")
def test_the_same_platform_runs_on_an_external_postgresql_15(home: Path) -> None:
    with reachable_folder() as folder:
        server = LocalPostgres(folder / "pg", bin_dir=DEBIAN, parameters=UNSAFE_BUT_FAST)
        with server:
            assert server.version.startswith("15")
            url = server.ensure_database("platform", "owner")
            with platform(home, MAESTRO_DATABASE_URL=url) as (up, client):
                assert not (up.home / "postgres").exists()
                job_id = start(client, time_budget=60, max_trials=4)
                assert wait_for(client, job_id, ended)["status"] == "succeeded"
                results = client.get(f"{JOBS}/{job_id}/results").json()
                assert len(results["leaderboard"]) >= 4
            verified = maestro(home, "admin", "verify-audit", MAESTRO_DATABASE_URL=url)
            assert verified.returncode == 0, verified.stderr
