"""`maestro import`: everything that another tracking server holds."""

from __future__ import annotations

from dataclasses import asdict
from operator import itemgetter
from typing import Annotated

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.failures import ExitCode
from maestro_ml.cli.output import Columns, Mode
from maestro_ml.cli.transfer.counts import Report

app = typer.Typer(no_args_is_help=True)

Row = tuple[str, int, int]
Experiments = Annotated[
    list[str] | None,
    typer.Option("--experiments", help="Only these; repeat for several.", show_default=False),
]


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
    experiments: Experiments = None,
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
    show(cli, report, sides=("There",) if dry_run else ("There", "Here"))
    if report.failed or not (dry_run or report.agrees):
        raise typer.Exit(ExitCode.FAILURE)


def show(cli: Cli, report: Report, *, sides: tuple[str, ...]) -> None:
    """Tell the counts of both sides under these names (of one, after a dry run), and what failed."""
    if cli.out.mode is Mode.JSON:
        counts = {"source": asdict(report.source), "target": asdict(report.target)}
        told = {"agrees": report.agrees, "failed": report.failed, "failures": report.failures}
        cli.out.json({**counts, **told})
        return
    columns: Columns[Row] = {"What": itemgetter(0)}
    columns = {**columns, **{name: itemgetter(n) for n, name in enumerate(sides, start=1)}}
    if len(sides) == 2:
        columns = {**columns, "Agrees": lambda row: row[1] == row[2]}
    cli.out.table(report.rows(), columns, key=itemgetter(2))
    for failure in report.failures:
        cli.out.warn(failure)
    if report.failed > len(report.failures):
        cli.out.warn(f"… and {report.failed - len(report.failures)} more.")
    if len(sides) == 1:
        cli.out.note("Nothing was imported; leave out --dry-run to do so.")
    elif report.agrees:
        cli.out.success("Both sides agree.")
    else:
        cli.out.error("The two sides differ.", "Run the same command again: it brings what lacks.")
