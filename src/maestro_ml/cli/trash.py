"""Emptying the trash from the command line: what `runs purge` and `experiments purge` share."""

from __future__ import annotations

from typing import Annotated

import typer

from maestro_ml.cli.cells import size
from maestro_ml.cli.context import Cli
from maestro_ml.cli.jobs import follow
from maestro_ml.contracts.purge import PurgeReport
from maestro_ml.sdk.resources.jobs import Job

OlderThan = Annotated[
    int | None,
    typer.Option(min=0, metavar="DAYS", help="All that lay there so long.", show_default=False),
]


def ask(cli: Cli, what: str, named: list[str] | None, days: int | None, *, yes: bool) -> None:
    """Ask whether `what` shall be gone for good; either names or days must say which."""
    if bool(named) == (days is not None):
        raise typer.BadParameter(f"name {what} in the trash, or give --older-than")
    chosen = " ".join(named or ()) or f"in the trash for {days} days or longer"
    cli.out.confirm(f"Purge the {what} {chosen}? This cannot be undone.", yes=yes)


def report(cli: Cli, job: Job) -> None:
    """Wait for the purge, and tell what is gone."""
    ended = follow(cli, job.id, "purge")
    gone = PurgeReport.model_validate(ended.result)
    things = [_count(gone.experiments, "experiment"), _count(gone.runs, "run")]
    what = " and ".join(thing for thing in things if thing) or "nothing"
    kept = f" {_count(gone.kept, 'run')} stay: models come from them." if gone.kept else ""
    cli.out.done(
        f"Gone for good: {what} with {_count(gone.points, 'point') or 'no point'}, "
        f"{size(gone.file_bytes)} of files and {size(gone.row_bytes)} of rows.{kept}",
        job=str(job.id),
        **gone.model_dump(),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
