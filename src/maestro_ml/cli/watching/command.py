"""The command: follows, and shows what comes in the form that the reader can use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import BaseModel

from maestro_ml.cli.context import Cli
from maestro_ml.cli.experiments import reference
from maestro_ml.cli.failures import ExitCode
from maestro_ml.cli.output import Mode
from maestro_ml.cli.watching.views import ExperimentView, Picture, RunView
from maestro_ml.contracts.live import PointsAdded, ReadAgain, RunChanged, RunsChanged
from maestro_ml.contracts.tracking import Run, RunStatus
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.resources.experiments import Experiment
from maestro_ml.sdk.resources.runs import RunEvent

if TYPE_CHECKING:
    from maestro_ml.cli.screen import Screen

_POINTS = 200
_RUNS = 50


def watch(
    cli: Cli,
    run: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The run's id, as `list` shows it.")
    ] = None,
    experiment: Annotated[
        str | None,
        typer.Option(
            "--experiment", "-e", help="All runs of it: its number or name.", show_default=False
        ),
    ] = None,
) -> None:
    """Watch a run until it ends, or all runs of an experiment; Ctrl-C ends only the watching.

    Where nobody looks, each event is a line; with --json a JSON object. Fails if the run does.
    """
    if (run is None) == (experiment is None):
        raise typer.BadParameter("give the id of a run, or --experiment with its number or name")
    try:
        with cli.out.screen() as screen:
            if experiment is not None:
                _watch_experiment(cli, screen, reference(experiment))
            ended = _watch_run(cli, screen, run or "")
    except KeyboardInterrupt:
        cli.out.note("This ends the watching; what was watched goes on.")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    if cli.out.mode is Mode.QUIET:
        cli.out.text(str(ended.id))
    if ended.status is not RunStatus.FINISHED:
        raise typer.Exit(ExitCode.FAILURE)


def _watch_run(cli: Cli, screen: Screen | None, run_id: str) -> Run:
    """The run as it has ended."""
    view = RunView(cli.client.runs.get(run_id).info)
    first = True
    for event in cli.client.runs.watch(run_id):
        _take(cli.client, view, event, first=first)
        first = False
        _show(cli, screen, event, view.picture, view.lines(event))
    return view.run


def _take(client: MaestroClient, view: RunView, event: RunEvent, *, first: bool) -> None:
    if isinstance(event, RunChanged):
        view.run = event.run
    if isinstance(event, PointsAdded):
        view.add(event.series)
    if first or isinstance(event, ReadAgain):
        keys = event.keys if isinstance(event, ReadAgain) else None
        view.replace(client.runs.histories(view.run.id, keys or (), max_points=_POINTS))


def _watch_experiment(cli: Cli, screen: Screen | None, which: int | str) -> NoReturn:
    """Until Ctrl-C."""
    experiment = cli.client.experiments.get(which)
    view = ExperimentView(experiment.name)
    first = True
    for event in cli.client.experiments.watch(experiment.id):
        if first or isinstance(event, ReadAgain):
            view.put(_latest(experiment))
        if isinstance(event, RunsChanged):
            view.put(event.runs, event.gone)
        first = False
        if cli.out.mode is Mode.QUIET and isinstance(event, RunsChanged):
            for run in event.runs:
                cli.out.text(str(run.id))
        _show(cli, screen, event, view.picture, view.lines(event))
    raise AssertionError("an experiment has no end")


def _latest(experiment: Experiment) -> list[Run]:
    """The runs that began last, the oldest first."""
    return experiment.runs().page(limit=_RUNS).items[::-1]


def _show(
    cli: Cli,
    screen: Screen | None,
    event: BaseModel,
    picture: Callable[[int], Picture],
    lines: Iterable[str],
) -> None:
    if screen is not None:
        screen.show(*picture(screen.width))
    elif cli.out.mode is Mode.JSON:
        cli.out.text(event.model_dump_json())
    elif cli.out.mode is Mode.HUMAN:
        for line in lines:
            cli.out.text(line)
