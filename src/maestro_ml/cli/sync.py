"""`maestro sync`: send what was logged while no server answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.failures import ExitCode
from maestro_ml.cli.output import Columns
from maestro_ml.sdk.logging.settings import read_logging_settings
from maestro_ml.sdk.logging.sync import Synced, SyncState, find_logs
from maestro_ml.sdk.logging.sync import sync as sync_logs

COLUMNS: Columns[Synced] = {
    "Run": lambda each: each.name,
    "State": lambda each: each.state.value,
    "Id": lambda each: each.id,
    "Detail": lambda each: each.detail,
}


def sync(
    cli: Cli,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", help="Logs of runs, or folders of such.", show_default=False
        ),
    ] = None,
) -> None:
    """Send runs that were logged offline.

    It also sends the rest of runs that were cut off. Repeat it as often as you like: the server
    holds each point once.
    """
    usual = read_logging_settings().folder
    places = paths or ([usual] if usual.is_dir() else [])
    folders = [folder for place in places for folder in find_logs(place)]
    done: list[Synced] = []
    with cli.out.bar("Sending", "steps") as bar:
        for number, result in enumerate(sync_logs(folders, everything=bool(paths)), 1):
            done.append(result)
            bar(number, len(folders))
    cli.out.table(done, COLUMNS, empty=f"There is nothing to send in {usual}.")
    if any(each.state is SyncState.FAILED for each in done):
        raise typer.Exit(ExitCode.FAILURE)
