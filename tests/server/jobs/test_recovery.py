"""Workers that are killed or hang: nothing is doubled, nothing hangs, no process stays behind."""

from __future__ import annotations

import signal

import psycopg
import pytest
from tests.support.job_child import Note
from tests.support.jobs import Jobs, alive, eventually, pids
from tests.support.workers import StartWorker

from maestro_ml.contracts.jobs import JobState
from maestro_ml.server.jobs import Retry
from maestro_ml.server.jobs.errors import AttemptSuperseded
from maestro_ml.server.jobs.fence import Fence, FencedUnits
from maestro_ml.server.kernel.db import UnitsOfWork

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize(
    ("attempts", "state"), [(1, JobState.LOST), (2, JobState.SUCCEEDED)], ids=["once", "twice"]
)
async def test_a_killed_worker_takes_its_children_along_and_the_job_moves_on(
    jobs: Jobs, start_worker: StartWorker, note: Note, attempts: int, state: JobState
) -> None:
    first = start_worker()
    job_id = await jobs.submit("hold", note, retry=Retry(max_attempts=attempts))
    processes = await pids(note.path("attempt-1"))
    first.send_signal(signal.SIGKILL)
    await eventually(lambda: not any(alive(pid) for pid in processes), seconds=2)
    assert (await jobs.get(job_id)).state is JobState.RUNNING
    note.path("go").touch()
    start_worker()
    job = await jobs.ended(job_id)
    assert (job.state, job.attempts) == (state, attempts)
    if state is JobState.LOST:
        assert job.error is not None
        assert job.error.code == "job.lost"
        assert not note.path("done").exists()
    else:
        assert note.path("done").read_text() == "2\n"


async def test_a_lost_job_that_was_to_be_cancelled_is_cancelled(
    jobs: Jobs, start_worker: StartWorker, note: Note
) -> None:
    worker = start_worker()
    job_id = await jobs.submit("hold", note, retry=Retry(max_attempts=5))
    await pids(note.path("attempt-1"))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    await jobs.cancel(job_id)
    start_worker()
    assert (await jobs.ended(job_id)).state is JobState.CANCELLED


async def test_a_worker_that_hung_finds_its_attempt_superseded(
    jobs: Jobs, start_worker: StartWorker, note: Note
) -> None:
    hanging = start_worker()
    job_id = await jobs.submit("write", note, retry=Retry(max_attempts=2))
    (stale,) = await pids(note.path("attempt-1"))
    hanging.send_signal(signal.SIGSTOP)
    note.path("attempt-1").unlink()
    start_worker()
    (current,) = await pids(note.path("attempt-1"))
    assert stale != current
    # Both children write now; only the current one's commit is let through.
    note.path("go").touch()
    job = await jobs.ended(job_id)
    assert (job.state, job.attempts) == (JobState.SUCCEEDED, 2)
    await eventually(note.path("refused").exists)
    assert note.path("refused").read_text() == "AttemptSuperseded"
    hanging.send_signal(signal.SIGCONT)
    await eventually(lambda: not alive(stale))
    client = await jobs.tenant.client()
    written = (await client.get("/api/v1/audit?action=test.written")).json()["items"]
    assert [event["actor_kind"] for event in written] == ["job"]
    assert await jobs.get(job_id) == job


async def test_a_fence_lets_only_the_current_attempt_of_a_running_job_commit(
    jobs: Jobs, owner_connection: psycopg.Connection, note: Note
) -> None:
    job_id = await jobs.submit("echo", note)
    context = await jobs.tenant.context()
    units: UnitsOfWork = jobs.tenant.platform.units

    async def write(attempt: int) -> None:
        fenced = FencedUnits(units, Fence(context.tenant_id, job_id, attempt))
        async with fenced.tenant(context) as unit:
            unit.record("test.fenced", "note", attempt)

    with pytest.raises(AttemptSuperseded):
        await write(0)
    with owner_connection.transaction():
        owner_connection.execute("SET LOCAL ROLE maestro_system")
        owner_connection.execute(
            "UPDATE job SET state = 'running', attempts = 2, heartbeat_at = now() WHERE id = %s",
            [job_id],
        )
    with pytest.raises(AttemptSuperseded):
        await write(1)
    await write(2)
    with pytest.raises(RuntimeError, match="does not cross tenants"):
        FencedUnits(units, Fence(context.tenant_id, job_id, 2)).system(reason="curiosity")


async def test_a_delivery_that_comes_twice_starts_nothing(
    jobs: Jobs, start_worker: StartWorker, owner_connection: psycopg.Connection, note: Note
) -> None:
    job_id = await jobs.submit("hold", note, retry=Retry(max_attempts=5))
    owner_connection.execute("SET search_path TO public, queue")
    owner_connection.execute(
        "INSERT INTO queue.procrastinate_jobs (queue_name, task_name, args) "
        "SELECT queue_name, task_name, args FROM queue.procrastinate_jobs "
        "WHERE args ->> 'job_id' = %s",
        [str(job_id)],
    )
    start_worker(concurrency=2)
    await pids(note.path("attempt-1"))
    await eventually(
        lambda: (
            owner_connection.execute(
                "SELECT count(*) FROM queue.procrastinate_jobs WHERE args ->> 'job_id' = %s",
                [str(job_id)],
            ).fetchone()
            == (1,)
        )
    )
    note.path("go").touch()
    assert (await jobs.ended(job_id)).attempts == 1
    assert note.path("done").read_text() == "1\n"


async def test_a_queued_job_whose_delivery_got_lost_is_delivered_again(
    jobs: Jobs, start_worker: StartWorker, owner_connection: psycopg.Connection, note: Note
) -> None:
    job_id = await jobs.submit("echo", note)
    owner_connection.execute("SET search_path TO public, queue")
    owner_connection.execute(
        "DELETE FROM procrastinate_jobs WHERE args ->> 'job_id' = %s", [str(job_id)]
    )
    start_worker()
    assert (await jobs.ended(job_id)).state is JobState.SUCCEEDED
