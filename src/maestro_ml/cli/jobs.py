"""`maestro jobs`: background work."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit
from maestro_ml.cli.output import Columns
from maestro_ml.contracts.jobs import Job, JobState

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[Job] = {
    "Id": lambda job: job.id,
    "Kind": lambda job: job.kind,
    "State": lambda job: job.state,
    "Progress": lambda job: _percent(job.progress.fraction),
    "Doing": lambda job: job.progress.message,
    "Created": lambda job: job.created_at,
}

FIELDS: Columns[Job] = {
    **COLUMNS,
    "Started": lambda job: job.started_at,
    "Finished": lambda job: job.finished_at,
    "Attempts": lambda job: f"{job.attempts} of {job.max_attempts}",
    "Retry of": lambda job: job.retry_of,
    "Worker": lambda job: job.worker,
    "Memory": lambda job: _of(job.usage.peak_memory_mb, job.limits.memory_mb, "MB"),
    "CPU": lambda job: None if job.usage.cpu_seconds is None else f"{job.usage.cpu_seconds:.1f} s",
    "Error": lambda job: job.error and f"{job.error.message} ({job.error.code})",
    "Payload": lambda job: job.payload,
    "Result": lambda job: job.result,
}

Id = Annotated[UUID, typer.Argument(metavar="JOB", help="The job's id, as `list` shows it.")]


@app.command("list")
def list_jobs(
    cli: Cli,
    kind: Annotated[
        str | None, typer.Option(help="Only this kind, such as automl.search.", show_default=False)
    ] = None,
    state: Annotated[
        JobState | None, typer.Option(help="Only in this state.", show_default=False)
    ] = None,
    limit: Limit = 20,
) -> None:
    """List jobs, the newest first."""
    cli.out.table(cli.client.jobs.list(kind=kind, state=state), COLUMNS, limit=limit)


@app.command()
def get(cli: Cli, job: Id) -> None:
    """Show a job: state, progress, limits and what it used, result or error."""
    cli.out.record(cli.client.jobs.get(job), FIELDS)


@app.command()
def logs(
    cli: Cli,
    job: Id,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the job ends.")
    ] = False,
) -> None:
    """Print what a job has written."""
    for line in cli.client.jobs.logs(job, follow=follow):
        cli.out.text(line)


@app.command()
def cancel(cli: Cli, job: Id) -> None:
    """End a job: at once while it is queued, within 10 s while it runs."""
    cancelled = cli.client.jobs.cancel(job)
    done = "is cancelled" if cancelled.state is JobState.CANCELLED else "is being cancelled"
    cli.out.done(f"The job {job} {done}.", id=job, state=cancelled.state.value)


@app.command()
def retry(cli: Cli, job: Id) -> None:
    """Submit the work of a job anew that failed, was cancelled or lost."""
    again = cli.client.jobs.retry(job)
    cli.out.success(f"The job {again.id} does the work of {job} again.")
    cli.out.record(again, FIELDS)


@app.command()
def wait(
    cli: Cli,
    job: Id,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds to wait at most.", show_default=False)
    ] = None,
) -> None:
    """Wait for a job's end, with progress; fails if the job does, and with 9 on a time-out."""
    cli.out.record(follow(cli, job, str(job), timeout=timeout), FIELDS)


def follow(cli: Cli, job: UUID, title: str, *, timeout: float | None = None) -> Job:
    """Wait for a job's end with a progress bar. Raises JobFailed, Timeout."""
    with cli.out.bar(title) as bar:

        def show(seen: Job) -> None:
            fraction = seen.progress.fraction
            total = None if fraction is None else 1.0
            bar(fraction or 0.0, total, seen.progress.message or seen.state.value)

        return cli.client.jobs.wait(job, timeout=timeout, on_progress=show)


def _percent(fraction: float | None) -> str | None:
    return None if fraction is None else f"{fraction:.0%}"


def _of(used: float | None, most: int, unit: str) -> str:
    return f"at most {most} {unit}" if used is None else f"{used:.0f} of {most} {unit}"
