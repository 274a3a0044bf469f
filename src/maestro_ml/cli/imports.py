"""`maestro import`: everything that another tracking server holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.failures import ExitCode
from maestro_ml.cli.output import Columns, Mode
from maestro_ml.cli.transfer.counts import Report

app = typer.Typer(no_args_is_help=True)

Row = tuple[str, int, int]
ROWS: Columns[Row] = {
    "What": lambda row: row[0],
    "There": lambda row: row[1],
    "Here": lambda row: row[2],
    "Agrees": lambda row: row[1] == row[2],
}


@app.callback()
def imports() -> None:
    """Bring in what another tracking server holds."""


@app.command()
def mlflow(
    cli: Cli,
    address: Annotated[
        str,
        typer.Option(
            "--from", help="An MLflow server's URL, a folder `mlruns`, or a database's URI."
        ),
    ],
    token: Annotated[
        str | None,
        typer.Option(envvar="MLFLOW_TRACKING_TOKEN", help="For the server.", show_default=False),
    ] = None,
    experiments: Annotated[
        list[str] | None,
        typer.Option("--experiments", help="Only these; repeat for several.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Count what is there, import nothing.")] = False,
) -> None:
    """Import experiments, runs with full histories, files and models; run it again to go on."""
    from maestro_ml.cli.transfer.importing import Importer  # noqa: PLC0415 - only this verb
    from maestro_ml.cli.transfer.mlflow_source import MlflowSource  # noqa: PLC0415 - needs it

    source = MlflowSource(address, token)
    with cli.out.bar("Importing", "steps") as bar:
        importer = Importer(
            source,
            None if dry_run else cli.client,
            lambda runs, experiment: bar(runs, None, experiment),
        )
        report = importer.run(frozenset(experiments or ()))
    _show(cli, report, dry_run=dry_run)
    if (not dry_run and not report.agrees) or report.failed:
        raise typer.Exit(ExitCode.FAILURE)


def _show(cli: Cli, report: Report, *, dry_run: bool) -> None:
    if cli.out.mode is Mode.JSON:
        sides = {"source": asdict(report.source), "target": asdict(report.target)}
        told = {"agrees": report.agrees, "failed": report.failed, "failures": report.failures}
        cli.out.json({**sides, **told})
        return
    columns = {name: get for name, get in ROWS.items() if not dry_run or name in ("What", "There")}
    cli.out.table(report.rows(), columns, key=lambda row: row[2])
    for failure in report.failures:
        cli.out.warn(failure)
    if report.failed > len(report.failures):
        cli.out.warn(f"… and {report.failed - len(report.failures)} more.")
    if dry_run:
        cli.out.note("Nothing was imported; leave out --dry-run to do so.")
    elif report.agrees:
        cli.out.success("Everything that is there is here.")
    else:
        cli.out.error("The two sides differ.", "Run the same command again: it brings what lacks.")
