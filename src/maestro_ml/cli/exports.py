"""`maestro export`: everything that a tenant tracks, as plain files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.failures import ExitCode
from maestro_ml.cli.imports import Experiments, show


class Format(StrEnum):
    """How points of metrics are written."""

    CSV = "csv"
    PARQUET = "parquet"


def export(
    cli: Cli,
    folder: Annotated[Path, typer.Argument(help="A folder that is empty, or not there yet.")],
    experiments: Experiments = None,
    metrics: Annotated[Format, typer.Option(help="The file that holds all points.")] = Format.CSV,
) -> None:
    """Write all that is tracked into plain files."""
    from maestro_ml.cli.transfer.exporting import Exporter  # noqa: PLC0415 - only this verb
    from maestro_ml.cli.transfer.folder import (  # noqa: PLC0415 - as above
        CsvPoints,
        Folder,
        ParquetPoints,
    )

    with Folder(folder) as target, cli.out.bar("Exporting", "steps") as bar:
        place = target.path(f"metrics.{metrics.value}")
        points = CsvPoints(place) if metrics is Format.CSV else ParquetPoints(place)
        try:
            exporter = Exporter(
                cli.client, target, points, lambda runs, experiment: bar(runs, None, experiment)
            )
            report = exporter.run(frozenset(experiments or ()))
        finally:
            points.close()
        told = {
            "server": cli.client.url,
            "exported_at": datetime.now(UTC).isoformat(),
            "counts": asdict(report.target),
            "failures": report.failures,
        }
        target.finish([place], told)
    show(cli, report, sides=("Server", "Folder"))
    if not report.agrees:
        raise typer.Exit(ExitCode.FAILURE)
