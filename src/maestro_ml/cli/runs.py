"""`maestro runs`: params, metrics and files of executions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, NamedTuple

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.experiments import reference
from maestro_ml.cli.filters import pointed_at
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns, Mode, plain
from maestro_ml.cli.run_selections import (
    Experiment,
    Filter,
    Ids,
    Order,
    Place,
    compare,
    export,
    metric_columns,
    note,
    purge,
    short,
    tag,
)
from maestro_ml.cli.watching.command import watch
from maestro_ml.contracts.tracking import MetricHistory, Run, View

app = typer.Typer(no_args_is_help=True)
# The metrics that a filter or an order names, in whatever quotes.
_METRIC = re.compile(r"metrics?\.(?:[`\"]([^`\"]+)[`\"]|([\w./-]+))")

HEAD: Columns[Run] = {
    "Id": lambda run: run.id,
    "Name": lambda run: short(run.name),
    "Status": lambda run: run.status,
}
TAIL: Columns[Run] = {"Started": lambda run: run.started_at, "By": lambda run: run.user}
DETAILS: Columns[Run] = {
    **HEAD,
    "Name": lambda run: run.name,
    "Metrics": lambda run: run.metrics,
    "Params": lambda run: run.params,
    **TAIL,
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
    place: Place = None,
    experiment: Experiment = "0",
    filter: Filter = "",
    order: Order = None,
    view: Annotated[View, typer.Option(help="Which to show.")] = View.ACTIVE,
    limit: Limit = 20,
) -> None:
    """List the runs of an experiment, the latest start first unless --order says otherwise."""
    found = cli.client.experiments.get(reference(place or experiment))
    runs = cli.client.runs.search(found.id, filter, order_by=order or (), view=view)
    walk = iter(runs)
    with pointed_at(filter, order or ()):
        shown = [*islice(walk, limit)]
    asked = _METRIC.findall(" ".join([*(order or ()), filter]))
    metrics = metric_columns(shown, [quoted or bare for quoted, bare in asked])
    empty = (
        f"No run of {found.name} meets this filter."
        if filter
        else f"There is no run in {found.name}. Log one from Python: "
        f"with maestro_ml.run({found.name!r}) as run: run.log(loss=0.3)"
    )
    cli.out.table(shown, {**HEAD, **metrics, **TAIL}, empty=empty)
    if next(walk, None) is not None:
        cli.out.note(f"These are the first {limit}; --limit gives more.")


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
def delete(cli: Cli, runs: Ids, yes: Yes = False) -> None:
    """Move runs to the trash, all or none."""
    ids = " ".join(runs)
    cli.out.confirm(f"Move {_count(runs)} to the trash: {ids}?", yes=yes)
    changed = cli.client.runs.delete_all(runs)
    cli.out.done(
        f"In the trash: {_count(runs)}. `maestro runs restore {ids}` brings them back.",
        id=ids,
        changed=changed,
    )


@app.command()
def restore(cli: Cli, runs: Ids) -> None:
    """Take runs out of the trash, all or none."""
    changed = cli.client.runs.restore_all(runs)
    cli.out.done(f"Out of the trash: {_count(runs)}.", id=" ".join(runs), changed=changed)


for _command in (watch, compare, tag, note, export, purge):
    app.command()(_command)


def _count(runs: list[str]) -> str:
    return "1 run" if len(runs) == 1 else f"{len(runs)} runs"


def _points(history: MetricHistory) -> Iterator[Point]:
    for step, at, value in zip(history.steps, history.timestamps, history.values, strict=True):
        yield Point(step, _moment(at), value)


def _moment(milliseconds: int) -> datetime | int:
    """The time, or the bare number where no calendar reaches."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return milliseconds
