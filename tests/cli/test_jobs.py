"""Jobs from a script and from the command line: a real server, a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Maestro
from tests.support.job_child import Note
from tests.support.workers import worker_environment, workers

from maestro_ml import JobFailed, MaestroClient, NotFound, Timeout
from maestro_ml.contracts.jobs import Job, JobState
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.wiring import Platform


@pytest.fixture(scope="module", autouse=True)
def worker(
    installation: Installation, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """One worker for the whole module."""
    environment = worker_environment(installation, tmp_path_factory.getbasetemp() / "compiled")
    with workers(environment, database_url) as start:
        start()
        yield


@pytest.fixture
def client(admin: Maestro) -> Iterator[MaestroClient]:
    """A client as the administrator of the test's tenant."""
    with MaestroClient(admin.env["MAESTRO_URL"], admin.env["MAESTRO_API_KEY"]) as opened:
        yield opened


async def submit(platform: Platform, admin: Maestro, kind: str, note: Note) -> str:
    """Submit as the administrator: which kinds can be submitted over HTTP is the domains' matter."""
    context = await platform.edge.authenticator.authenticate(
        f"Bearer {admin.env['MAESTRO_API_KEY']}", "test"
    )
    async with platform.units.tenant(context) as unit:
        return str((await platform.jobs.submit(unit, f"test.{kind}", note)).id)


async def test_a_script_waits_with_progress(
    platform: Platform, admin: Maestro, client: MaestroClient
) -> None:
    job_id = await submit(platform, admin, "echo", Note(text="hi"))
    seen: list[Job] = []
    job = client.jobs.attach(job_id).wait(timeout=60, on_progress=seen.append)
    assert job.result is not None
    assert job.result["text"] == "hi"
    assert job.status is seen[-1].state is JobState.SUCCEEDED
    assert job.progress.message == "done"
    assert sorted(job.logs()) == sorted(job.logs(follow=True)) == ["err: hi", "out: hi"]
    assert [each.id for each in client.jobs.list(kind="test.echo")] == [job.id]
    assert list(client.jobs.list(state=JobState.LOST)) == []


async def test_a_failed_job_raises_with_its_code(
    platform: Platform, admin: Maestro, client: MaestroClient
) -> None:
    job_id = await submit(platform, admin, "refuse", Note())
    with pytest.raises(JobFailed, match="Come back tomorrow") as caught:
        client.jobs.wait(job_id, timeout=60)
    assert (caught.value.code, caught.value.state) == ("test.not_today", JobState.FAILED)
    with pytest.raises(NotFound):
        client.jobs.wait(new_id(), timeout=60)


async def test_a_time_out_leaves_the_job_running(
    platform: Platform, admin: Maestro, client: MaestroClient, tmp_path: Path
) -> None:
    job_id = await submit(platform, admin, "hold", Note(folder=str(tmp_path)))
    with pytest.raises(Timeout, match="is not finished after"):
        client.jobs.wait(job_id, timeout=0.1)
    waited = admin("jobs", "wait", job_id, "--timeout", "0.1")
    assert waited.code == 9
    assert "It goes on" in waited.err
    cancelled = admin("jobs", "cancel", job_id, "--json")
    assert cancelled.code == 0
    assert cancelled.json["id"] == job_id
    ended = admin("jobs", "wait", job_id, "--timeout", "60")
    assert ended.code == 1
    assert "cancelled" in ended.err


async def test_the_command_line_shows_lists_and_follows(platform: Platform, admin: Maestro) -> None:
    job_id = await submit(platform, admin, "chatter", Note(text="3"))
    followed = admin("jobs", "logs", "-f", job_id)
    assert followed.code == 0
    assert followed.out.splitlines()[:3] == [f"line {n}: {'ä' * 50}" for n in range(3)]
    assert admin("jobs", "logs", job_id).out == followed.out
    assert admin("jobs", "wait", job_id, "--json").json["state"] == "succeeded"
    shown = admin("jobs", "get", job_id)
    assert "test.chatter" in shown.out
    assert "succeeded" in shown.out
    assert admin("jobs", "list", "--kind", "test.chatter", "-q").out.split() == [job_id]
    refused = admin("jobs", "cancel", job_id)
    assert refused.code == 6
    assert "nothing to cancel" in refused.err
    assert admin("jobs", "get", str(new_id())).code == 5
