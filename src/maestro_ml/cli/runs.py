"""`maestro runs`: params, metrics and files of executions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.experiments import reference
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns, Mode, plain
from maestro_ml.contracts.tracking import MetricHistory, Run, RunStatus, SortDirection, View

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[Run] = {
    "Name": lambda run: run.name,
    "Status": lambda run: run.status,
    "Metrics": lambda run: run.metrics,
    "Params": lambda run: run.params,
    "Started": lambda run: run.started_at,
    "By": lambda run: run.user,
    "Id": lambda run: run.id,
}
DETAILS: Columns[Run] = {
    **COLUMNS,
    "Ended": lambda run: run.ended_at,
    "State": lambda run: run.lifecycle,
    "Tags": lambda run: run.tags,
    "Experiment": lambda run: run.experiment_id,
    "Parent": lambda run: run.parent_run_id,
    "Artifacts": lambda run: run.artifact_uri,
}


class Point(NamedTuple):
    """One point of a metric."""

    step: int
    at: datetime | int
    value: float


POINTS: Columns[Point] = {
    "Step": lambda point: point.step,
    "Time": lambda point: point.at,
    "Value": lambda point: point.value,
}

Id = Annotated[str, typer.Argument(metavar="ID", help="The run's id, as `list` shows it.")]


@app.command("list")
def list_runs(
    cli: Cli,
    experiment: Annotated[str, typer.Option("--experiment", "-e", help="Number or name.")] = "0",
    metric: Annotated[
        str | None, typer.Option(help="Sort by this metric, not by start.", show_default=False)
    ] = None,
    direction: Annotated[SortDirection, typer.Option(help="The order.")] = SortDirection.DESC,
    status: Annotated[
        RunStatus | None, typer.Option(help="Only these.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="A part of the name.", show_default=False)
    ] = None,
    view: Annotated[View, typer.Option(help="Which to show.")] = View.ACTIVE,
    limit: Limit = 20,
) -> None:
    """List the runs of an experiment."""
    found = cli.client.experiments.get(reference(experiment))
    runs = cli.client.runs.list(
        found.id, metric=metric, direction=direction, status=status, name=name, view=view
    )
    cli.out.table(runs, COLUMNS, limit=limit)


@app.command()
def get(cli: Cli, run: Id) -> None:
    """Show a run."""
    cli.out.record(cli.client.runs.get(run).info, DETAILS)


@app.command()
def metrics(
    cli: Cli,
    run: Id,
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="Such as auc or train/loss.")],
    points: Annotated[int, typer.Option(min=2, help="Show the extremes of a longer history.")] = 50,
) -> None:
    """Show the history of a metric; --json gives every point."""
    whole = cli.out.mode is not Mode.HUMAN
    history = cli.client.runs.get(run).history(metric, max_points=None if whole else points)
    if cli.out.mode is Mode.JSON:
        cli.out.json(plain(history))
        return
    cli.out.table(_points(history), POINTS, key=lambda point: point.value)
    if history.thinned:
        cli.out.note("The history is longer; --points shows more of it, --json all.")


@app.command()
def delete(cli: Cli, run: Id, yes: Yes = False) -> None:
    """Move a run to the trash."""
    cli.out.confirm(f"Move the run {run} to the trash?", yes=yes)
    cli.client.runs.delete(run)
    cli.out.done(
        f"The run {run} is in the trash. `maestro runs restore {run}` brings it back.", id=run
    )


@app.command()
def restore(cli: Cli, run: Id) -> None:
    """Take a run out of the trash."""
    restored = cli.client.runs.restore(run)
    cli.out.success(f"The run {restored.name} is back.")
    cli.out.record(restored.info, DETAILS)


def _points(history: MetricHistory) -> Iterator[Point]:
    for step, at, value in zip(history.steps, history.timestamps, history.values, strict=True):
        yield Point(step, _moment(at), value)


def _moment(milliseconds: int) -> datetime | int:
    """The time, or the bare number where no calendar reaches."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return milliseconds
