"""The entry point `maestro`."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer
from typer.main import get_group

from maestro_ml.cli.failures import report
from maestro_ml.cli.lazy import LazyGroup, share_options
from maestro_ml.cli.output import Output

app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False)


def _show_version(value: bool) -> None:
    if value:
        from maestro_ml.version import __version__  # noqa: PLC0415 - reads the distribution's files

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def maestro(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """From a table to a governed model in production."""


def main() -> None:
    """Run one command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign is no failure
    if "_MAESTRO_COMPLETE" in os.environ:
        from typer.completion import (  # type: ignore[attr-defined]  # noqa: PLC0415 - only a shell asks
            completion_init,
        )

        completion_init()
    out = Output()
    try:
        share_options(get_group(app)).main(prog_name="maestro", obj=out)
    except Exception as error:  # noqa: BLE001 - the one place where every failure becomes a message
        sys.exit(report(error, out))
