"""`maestro automl`: search for the best model of a table."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from maestro_ml.cli.cells import figure, size
from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, SearchId
from maestro_ml.cli.output import Columns, Mode, Output
from maestro_ml.cli.search_memory import forget, history, ledger, show_start
from maestro_ml.cli.watching.search import SearchView
from maestro_ml.contracts.automl import (
    MAX_BUDGET,
    MIN_BUDGET,
    AutoMLProgress,
    AutoMLResults,
    CurrentBest,
    LeaderboardEntry,
    SkippedCandidate,
    TaskType,
)
from maestro_ml.sdk.resources.automl import AutoMLJob

app = typer.Typer(no_args_is_help=True)

SEARCHES: Columns[AutoMLProgress] = {
    "Id": lambda search: search.job_id,
    "Status": lambda search: search.status.value,
    "Data": lambda search: search.dataset,
    "Target": lambda search: search.request.target,
    "Best": lambda search: search.current_best and spell(search.current_best),
    "Finished": lambda search: search.finished,
    "Budget": lambda search: f"{search.request.time_budget} s",
    "Created": lambda search: search.created_at,
}

SEARCH: Columns[AutoMLProgress] = {
    **SEARCHES,
    "Metric": lambda search: search.metric,
    "Now": lambda search: search.message,
    "Error": lambda search: search.error and search.error.message,
}

LEADERBOARD: Columns[LeaderboardEntry] = {
    "#": lambda entry: entry.rank,
    "Model": lambda entry: entry.name,
    "Score": lambda entry: figure(entry.score),
    "±": lambda entry: figure(entry.standard_error),
    "Fit": lambda entry: f"{entry.fit_seconds:.1f} s",
    "Predict 1k": lambda entry: f"{entry.predict_ms_per_1000:.1f} ms",
    "Weight": lambda entry: f"{entry.weight:.2f}" if entry.weight else "",
    "Status": lambda entry: entry.status,
    "Size": lambda entry: size(entry.size_bytes),
    "Family": lambda entry: entry.family,
}

_LOOKED = "looked at on a part of the folds, others promised more"
_LEADERS = 10
LEADERS: Columns[CurrentBest] = {
    "Leads": lambda each: each.name,
    "Score": lambda each: figure(each.score),
    "±": lambda each: figure(each.standard_error),
    "Fit": lambda each: None if each.fit_seconds is None else f"{each.fit_seconds:.1f} s",
    "After": lambda each: None if each.at is None else f"{each.at:.1f} s",
}

RESULT: Columns[AutoMLResults] = {
    "Best model": lambda found: f"{found.best_model.name} version {found.best_model.version}",
    "Algorithm": lambda found: found.best_model.algorithm,
    "Score": lambda found: (
        f"{figure(found.best_model.score)} ± {figure(found.best_model.standard_error)} ({found.metric})"
    ),
    "Measures": lambda found: ", ".join(
        f"{name} {figure(value)}" for name, value in found.metrics.items()
    ),
    "Matters most": lambda found: ", ".join(
        sorted(found.feature_importances, key=lambda name: -found.feature_importances[name])[:5]
    ),
    "Search": lambda found: f"{found.seconds:.1f} s",
    "Run": lambda found: found.run_id.hex,
}

GroupColumn = Annotated[
    str | None, typer.Option(help="Validate rows of one value together.", show_default=False)
]
TimeColumn = Annotated[
    str | None, typer.Option(help="Validate rows by earlier ones.", show_default=False)
]
ModelName = Annotated[
    str | None, typer.Option(help="The model that wins is registered as.", show_default=False)
]
Budget = Annotated[int, typer.Option(min=MIN_BUDGET, max=MAX_BUDGET, help="Seconds to search.")]
Metric = Annotated[
    str | None, typer.Option(help="A scikit-learn scorer, such as roc_auc.", show_default=False)
]
WarmStart = Annotated[
    bool, typer.Option("--warm/--cold", help="Begin with what past searches of the team found.")
]
Refine = Annotated[
    bool, typer.Option("--refine", help="Use all of the time: vary the best (Optuna, FLAML).")
]
MaxTrials = Annotated[
    int | None, typer.Option(min=1, help="Try no more than these.", show_default=False)
]


@app.command()
def train(
    cli: Cli,
    data: Annotated[str, typer.Argument(help="A file, or the name of a data set.")],
    target: Annotated[str, typer.Option(help="The column to predict.")],
    budget: Budget = 60,
    metric: Metric = None,
    task: Annotated[TaskType, typer.Option(help="What is predicted.")] = TaskType.AUTO,
    model_name: ModelName = None,
    seed: Annotated[int, typer.Option(min=0, help="Makes a search repeatable.")] = 0,
    max_trials: MaxTrials = None,
    group_column: GroupColumn = None,
    time_column: TimeColumn = None,
    warm_start: WarmStart = True,
    refine: Refine = False,
    wait: Annotated[bool, typer.Option(help="Wait for the end, with progress.")] = True,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds to wait at most.", show_default=False)
    ] = None,
) -> None:
    """Upload a table if it is a file, and find the best model of a column."""
    with cli.out.spinner(f"Sending {data}"):
        job = cli.client.automl.train(
            data,
            target,
            time_budget=budget,
            metric=metric,
            task_type=task,
            model_name=model_name,
            seed=seed,
            max_trials=max_trials,
            group_column=group_column,
            time_column=time_column,
            warm_start=warm_start,
            refine=refine,
        )
    if not wait:
        cli.out.done(f"Search {job.id} is queued.", id=str(job.id))
        return
    watch(cli.out, job, timeout=timeout)
    show_results(cli.out, job.results)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def run(context: typer.Context) -> None:
    """Search here, without a server: --train data.csv --target y [--budget 60] [--help]."""
    # The engine loads numeric libraries that the command line has no need of otherwise.
    command = [sys.executable, "-m", "maestro_ml.engine.automl", *context.args]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command("list")
def list_searches(cli: Cli, limit: Limit = 100) -> None:
    """List searches, the newest first."""
    cli.out.table(
        cli.client.automl.list(),
        SEARCHES,
        limit=limit,
        key=lambda search: search.job_id,
        empty="There are none yet. Begin with: maestro automl train data.csv --target y",
    )


@app.command()
def show(cli: Cli, job: SearchId) -> None:
    """Show how far a search is, where it began and why there, and who leads."""
    search = cli.client.automl.get(job).progress
    shown = {label: get for label, get in SEARCH.items() if get(search) not in (None, "")}
    cli.out.record(search, shown, key=lambda search: search.job_id)
    if cli.out.mode is not Mode.HUMAN:
        return
    if search.start is not None:
        show_start(cli.out, search.start)
    for warning in search.warnings:
        cli.out.warn(warning)
    if search.leaderboard:
        cli.out.text("")
        cli.out.table(search.leaderboard[:_LEADERS], LEADERS)


@app.command()
def leaderboard(cli: Cli, job: SearchId) -> None:
    """Show what a search found."""
    show_results(cli.out, cli.client.automl.get(job).results)


@app.command()
def wait(
    cli: Cli,
    job: SearchId,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds to wait at most.", show_default=False)
    ] = None,
) -> None:
    """Wait for a search, with progress; fails if the search does."""
    handle = cli.client.automl.get(job)
    watch(cli.out, handle, timeout=timeout)
    show_results(cli.out, handle.results)


@app.command()
def cancel(cli: Cli, job: SearchId) -> None:
    """End a search; the best it has is kept."""
    cli.client.automl.get(job).cancel()
    cli.out.done(f"Search {job} is being ended.", id=job)


@app.command()
def deploy(
    cli: Cli,
    job: SearchId,
    name: Annotated[
        str | None, typer.Option(help="The endpoint. Default: the model's name.")
    ] = None,
) -> None:
    """Serve the winner of a search."""
    deployment = cli.client.automl.get(job).deploy(name)
    cli.out.done(
        f"{deployment.name} is served. Ask it: maestro predict {deployment.name} --data row.json",
        id=deployment.name,
    )


def watch(out: Output, job: AutoMLJob, *, timeout: float | None = None) -> None:
    """Show who leads and how the score grows until the search ends. Raises JobFailed, Timeout."""
    view = SearchView()
    with out.screen(transient=True) as screen:

        def show_progress(progress: AutoMLProgress) -> None:
            if screen is not None:
                screen.show(*view.picture(progress, screen.width))

        job.wait(timeout=timeout, on_progress=show_progress)


def show_results(out: Output, found: AutoMLResults) -> None:
    """The leaderboard, what was skipped and why, and the winner."""
    if out.mode is not Mode.HUMAN:
        out.record(found, RESULT, key=lambda results: results.job_id)
        return
    out.table(found.leaderboard, LEADERBOARD)
    out.text("")
    show_skipped(out, found.skipped)
    for warning in found.warnings:
        out.warn(warning)
    out.text("")
    shown = {label: get for label, get in RESULT.items() if get(found)}
    out.record(found, shown)
    if found.start is not None:
        show_start(out, found.start)


def show_skipped(out: Output, skipped: Sequence[SkippedCandidate]) -> None:
    """What has no score, those with the same reason on one line."""
    if not skipped:
        out.text("Every candidate was tried; none was skipped.")
        return
    names: dict[str, list[str]] = {}
    for each in sorted(skipped, key=_promise, reverse=True):
        if each.expected is None:
            names.setdefault(each.reason, []).append(each.name)
        else:
            names.setdefault(_LOOKED, []).append(f"{each.name} (about {figure(each.expected)})")
    columns: Columns[tuple[str, list[str]]] = {
        "Skipped because": lambda row: row[0],
        "Configurations": lambda row: f"{len(row[1])}: {', '.join(row[1])}",
    }
    out.table(names.items(), columns)


def _promise(candidate: SkippedCandidate) -> float:
    return -math.inf if candidate.expected is None else candidate.expected


def spell(best: CurrentBest) -> str:
    """Name and score."""
    return f"{best.name} {figure(best.score)}"


app.command()(ledger)
app.command()(history)
app.command()(forget)
