"""Cancellation, and the graceful end of a worker."""

from __future__ import annotations

import time

import pytest
from tests.support.job_child import Note
from tests.support.jobs import Jobs, alive, eventually, pids
from tests.support.workers import StartWorker

from maestro_ml.contracts.jobs import JobState
from maestro_ml.server.jobs import Retry


async def test_cancelling_a_running_job_ends_its_whole_group(
    jobs: Jobs, start_worker: StartWorker, note: Note
) -> None:
    start_worker()
    job_id = await jobs.submit("hold", note, retry=Retry(max_attempts=3))
    processes = await pids(note.path("attempt-1"))
    asked = time.monotonic()
    first = await jobs.cancel(job_id)
    assert first.state is JobState.RUNNING
    assert first.cancel_requested_at is not None
    assert (await jobs.cancel(job_id)).cancel_requested_at == first.cancel_requested_at
    job = await jobs.ended(job_id)
    assert time.monotonic() - asked < 10
    assert (job.state, job.attempts, job.error) == (JobState.CANCELLED, 1, None)
    assert not [pid for pid in processes if alive(pid)]
    assert await jobs.cancel(job_id) == job


async def test_a_graceful_job_keeps_what_it_had_when_cancelled(
    jobs: Jobs, start_worker: StartWorker, note: Note
) -> None:
    start_worker()
    job_id = await jobs.submit("graceful", note)
    await pids(note.path("attempt-1"))
    await jobs.cancel(job_id)
    job = await jobs.ended(job_id)
    assert job.state is JobState.CANCELLED
    assert job.result is not None
    assert job.result["best"] > 0


async def test_a_job_that_hears_nothing_is_killed(
    jobs: Jobs, start_worker: StartWorker, note: Note
) -> None:
    start_worker()
    job_id = await jobs.submit("deaf", note)
    (process,) = await pids(note.path("attempt-1"))
    asked = time.monotonic()
    await jobs.cancel(job_id)
    assert (await jobs.ended(job_id)).state is JobState.CANCELLED
    assert time.monotonic() - asked < 10
    assert not alive(process)


async def test_a_stopped_worker_lets_a_job_finish(
    jobs: Jobs, start_worker: StartWorker, note: Note
) -> None:
    worker = start_worker(shutdown_seconds=30)
    job_id = await jobs.submit("hold", note)
    await pids(note.path("attempt-1"))
    later = await jobs.submit("echo", note)
    worker.terminate()
    note.path("go").touch()
    job = await jobs.ended(job_id)
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 1)
    await eventually(lambda: worker.poll() is not None)
    assert worker.returncode == 0
    assert (await jobs.get(later)).state is JobState.QUEUED


@pytest.mark.parametrize(
    ("attempts", "state"), [(1, JobState.LOST), (2, JobState.SUCCEEDED)], ids=["once", "twice"]
)
async def test_a_stopped_worker_gives_back_what_takes_too_long(
    jobs: Jobs, start_worker: StartWorker, note: Note, attempts: int, state: JobState
) -> None:
    worker = start_worker(shutdown_seconds=0.2)
    job_id = await jobs.submit("hold", note, retry=Retry(max_attempts=attempts))
    processes = await pids(note.path("attempt-1"))
    worker.terminate()
    await eventually(lambda: worker.poll() is not None)
    assert worker.returncode == 0
    assert not [pid for pid in processes if alive(pid)]
    job = await jobs.get(job_id)
    assert job.state is (JobState.QUEUED if attempts > 1 else JobState.LOST)
    note.path("go").touch()
    start_worker()
    job = await jobs.ended(job_id)
    assert (job.state, job.attempts) == (state, attempts)
