"""Jobs in real workers: success, failure, retries, progress and logs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.job_child import Note
from tests.support.jobs import Jobs
from tests.support.workers import StartWorker, workers

from maestro_ml.contracts.jobs import Job, JobState
from maestro_ml.server.jobs import Retry
from maestro_ml.server.jobs.follow import LogFollower


@pytest.fixture(scope="module", autouse=True)
def worker(environment: dict[str, str], database_url: str) -> Iterator[StartWorker]:
    """One worker with two slots for the whole module; the function starts more."""
    with workers(environment, database_url) as start:
        start(concurrency=2)
        yield start


def error_code(job: Job) -> str | None:
    return None if job.error is None else job.error.code


async def test_a_job_succeeds_with_result_progress_log_and_usage(jobs: Jobs, note: Note) -> None:
    job_id = await jobs.submit("echo", note)
    job = await jobs.ended(job_id)
    assert job.state is JobState.SUCCEEDED, job
    assert job.result is not None
    assert job.result["text"] == "hello"
    assert job.result["actor"] == "job"
    assert job.result["permissions"] > 0
    assert job.result["settings_in_environment"] == []
    assert (job.progress.fraction, job.progress.message) == (1.0, "done")
    assert (job.attempts, job.error) == (1, None)
    assert (job.usage.peak_memory_mb or 0) > 10
    assert (job.usage.cpu_seconds or 0) > 0
    log = await jobs.log(job_id)
    assert log.complete
    said = {chunk.stream: chunk.text for chunk in log.chunks}
    assert said == {"stdout": "out: hello\n", "stderr": "err: hello\n"}


@pytest.mark.parametrize(
    ("kind", "code", "logged"),
    [
        ("fail", "job.failed", "ZeroDivisionError: hello"),
        ("refuse", "test.not_today", ""),
        ("die", "job.crashed", ""),
        ("unheard_of", "job.unknown_kind", ""),
    ],
)
async def test_a_failure_has_a_code_and_is_not_repeated(
    jobs: Jobs, note: Note, kind: str, code: str, logged: str
) -> None:
    job = await jobs.ended(await jobs.submit(kind, note, retry=Retry(max_attempts=3)))
    assert (job.state, error_code(job), job.attempts) == (JobState.FAILED, code, 1)
    text = "".join(chunk.text for chunk in (await jobs.log(job.id)).chunks)
    assert logged in text
    assert ("Traceback" in text) == bool(logged)


async def test_a_retryable_failure_is_repeated_as_often_as_allowed(jobs: Jobs, note: Note) -> None:
    soon = Retry(max_attempts=2, backoff_seconds=0.01)
    second_works = await jobs.submit("flaky", Note(text="2"), retry=soon)
    third_would = await jobs.submit("flaky", Note(text="3"), retry=soon)
    job = await jobs.ended(second_works)
    assert (job.state, job.attempts, job.error) == (JobState.SUCCEEDED, 2, None)
    job = await jobs.ended(third_would)
    assert (job.state, job.attempts, error_code(job)) == (JobState.FAILED, 2, "test.flaky")


async def test_the_limits_of_time_and_memory_are_hard(jobs: Jobs, note: Note) -> None:
    slow = await jobs.submit("hold", note, max_seconds=2)
    greedy = await jobs.submit("devour", note, memory_mb=300)
    job = await jobs.ended(greedy)
    assert (job.state, error_code(job)) == (JobState.FAILED, "job.memory_exceeded")
    assert 300 < (job.usage.peak_memory_mb or 0) < 3000
    job = await jobs.ended(slow)
    assert (job.state, error_code(job)) == (JobState.FAILED, "job.timed_out")


async def test_long_output_comes_in_ranges(jobs: Jobs) -> None:
    count = 20_000
    job_id = await jobs.submit("chatter", Note(text=str(count)))
    assert (await jobs.ended(job_id)).state is JobState.SUCCEEDED
    text, after, complete = "", 0, False
    while not complete:
        log = await jobs.log(job_id, after=after, limit=3)
        assert [chunk.seq for chunk in log.chunks] == sorted(chunk.seq for chunk in log.chunks)
        assert all(chunk.seq > after for chunk in log.chunks)
        text += "".join(chunk.text for chunk in log.chunks)
        after, complete = log.next, log.complete
    lines = text.splitlines()
    assert len(lines) == count + 1
    assert lines[:count] == [f"line {number}: " + "ä" * 50 for number in range(count)]
    assert lines[-1] == "\ufffd\ufffd end"


async def test_a_log_is_followed_until_the_job_ends(jobs: Jobs, note: Note) -> None:
    job_id = await jobs.submit("trickle", note)
    context = await jobs.tenant.context()
    platform = jobs.tenant.platform
    follower = LogFollower(platform.jobs, platform.units, platform.events)
    seen = ""
    note.path("0").touch()
    async with asyncio.timeout(30):
        async for text in follower.follow(context, job_id, after=0):
            seen += text
            # The next line is written only when this one has arrived here.
            note.path(str(seen.count("\n"))).touch()
    assert seen == "line 0\nline 1\nline 2\n"
    client = await jobs.tenant.client()
    whole = await client.get(f"/api/v1/jobs/{job_id}/logs", params={"follow": True})
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert whole.text == seen


async def test_two_workers_share_the_work_without_doubling_it(
    jobs: Jobs, worker: StartWorker
) -> None:
    worker(concurrency=2)
    ids = [await jobs.submit("echo", Note(text=str(number))) for number in range(8)]
    ended: list[Any] = [await jobs.ended(job_id, seconds=60) for job_id in ids]
    assert [job.result["text"] for job in ended] == [str(number) for number in range(8)]
    assert {job.attempts for job in ended} == {1}
