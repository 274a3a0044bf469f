"""`maestro datasets`: upload tables, look at them, get them back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maestro_ml.cli.cells import cell, size
from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns, Mode
from maestro_ml.cli.profiles import PROFILE
from maestro_ml.contracts.datasets import Dataset, DatasetVersion, TableFormat
from maestro_ml.sdk.resources.datasets import Number

app = typer.Typer(no_args_is_help=True)

DATASETS: Columns[Dataset] = {
    "Name": lambda dataset: dataset.name,
    "Version": lambda dataset: dataset.latest_version,
    "Rows": lambda dataset: dataset.rows,
    "Columns": lambda dataset: dataset.column_count,
    "Size": lambda dataset: None if dataset.bytes is None else size(dataset.bytes),
    "Created": lambda dataset: dataset.created_at,
    "By": lambda dataset: dataset.created_by_name,
    "Tags": lambda dataset: dataset.tags,
    "Description": lambda dataset: dataset.description,
    "Id": lambda dataset: dataset.id,
}

VERSIONS: Columns[DatasetVersion] = {
    "Dataset": lambda version: version.dataset_name,
    "Version": lambda version: version.number,
    "Rows": lambda version: version.rows,
    "Columns": lambda version: len(version.columns),
    "Size": lambda version: size(version.bytes),
    "Created": lambda version: version.created_at,
    "By": lambda version: version.created_by_name,
    "Source": lambda version: version.source,
    "Commit": lambda version: version.git_commit,
    "Content": lambda version: version.content_sha256[:12],
    "Id": lambda version: version.id,
}

Ref = Annotated[str, typer.Argument(metavar="DATASET", help="Its name or id.")]


def _number(text: str) -> Number:
    if text == "latest":
        return "latest"
    if not text.isdigit():
        raise typer.BadParameter("a version is a number, or latest")
    return int(text)


Version = Annotated[str, typer.Option("--version", "-v", help="A number, or latest.")]


@app.command()
def upload(
    cli: Cli,
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="CSV, Parquet or JSON lines; gzip too."),
    ],
    name: Annotated[
        str | None, typer.Option(help="The dataset. Default: the file's name.", show_default=False)
    ] = None,
    description: Annotated[str, typer.Option(help="For a new dataset.")] = "",
    encoding: Annotated[
        str | None, typer.Option(help="Found out by default.", show_default=False)
    ] = None,
    git_commit: Annotated[
        str | None, typer.Option(help="What made the file.", show_default=False)
    ] = None,
) -> None:
    """Upload a file as a dataset's next version."""
    with cli.out.bar(f"Uploading {file.name}", "bytes") as bar:
        version = cli.client.datasets.upload(
            file,
            name,
            description=description,
            encoding=encoding,
            git_commit=git_commit,
            on_progress=bar,
        )
    named = f"version {version.number} of {version.dataset_name}"
    if version.created:
        cli.out.success(f"This is {named} now.")
    else:
        cli.out.note(f"Nothing is new: {named} is the same table.")
    cli.out.record(version, VERSIONS)


@app.command("list")
def list_datasets(
    cli: Cli,
    search: Annotated[
        str | None, typer.Option(help="A part of the name.", show_default=False)
    ] = None,
    tag: Annotated[
        str | None, typer.Option(help="A tag: KEY or KEY=VALUE.", show_default=False)
    ] = None,
    trash: Annotated[bool, typer.Option("--trash", help="Those in the trash.")] = False,
    limit: Limit = 100,
) -> None:
    """List datasets, the newest first."""
    found = cli.client.datasets.list(search=search, tag=tag, deleted=trash)
    cli.out.table(found, DATASETS, limit=limit)


@app.command()
def get(cli: Cli, dataset: Ref) -> None:
    """Show a dataset."""
    cli.out.record(cli.client.datasets.get(dataset), DATASETS)


@app.command()
def versions(cli: Cli, dataset: Ref, limit: Limit = 100) -> None:
    """List the versions of a dataset, the newest first."""
    cli.out.table(cli.client.datasets.versions(dataset), VERSIONS, limit=limit)


@app.command()
def profile(cli: Cli, dataset: Ref, version: Version = "latest") -> None:
    """Show how the values of every column are distributed."""
    found = cli.client.datasets.profile(dataset, _number(version))
    if cli.out.mode is Mode.JSON:
        cli.out.json(found.model_dump(mode="json"))
        return
    cli.out.table(
        [(column, found.rows) for column in found.columns], PROFILE, key=lambda pair: pair[0].name
    )
    for warning in found.warnings:
        cli.out.warn(warning.message)


@app.command()
def preview(
    cli: Cli,
    dataset: Ref,
    version: Version = "latest",
    offset: Annotated[int, typer.Option(min=0, help="Rows to skip.")] = 0,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Rows.")] = 10,
) -> None:
    """Show some rows."""
    page = cli.client.datasets.preview(dataset, _number(version), offset=offset, limit=limit)
    if cli.out.mode is Mode.JSON:
        cli.out.json(page.model_dump(mode="json"))
        return
    columns: Columns[tuple[int, list[object]]] = {
        "#": lambda row: row[0],
        **{
            name: lambda row, at=at: cell(row[1][at])  # type: ignore[misc]
            for at, name in enumerate(page.columns)
        },
    }
    numbered = list(enumerate(page.rows, start=offset + 1))
    cli.out.table(numbered, columns, key=lambda row: row[0], empty="There are no such rows.")
    cli.out.note(f"The table has {page.total:,} rows.")


@app.command()
def download(
    cli: Cli,
    dataset: Ref,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Default: <dataset>.parquet.", show_default=False),
    ] = None,
    version: Version = "latest",
    format: Annotated[
        TableFormat | None,
        typer.Option(help="parquet or csv. Default: as the file is named.", show_default=False),
    ] = None,
) -> None:
    """Write a table to a file."""
    if format is TableFormat.JSONL:
        raise typer.BadParameter("a table can be had as parquet or csv")
    target = output or Path(f"{dataset}.{(format or TableFormat.PARQUET).value}")
    with cli.out.bar(f"Downloading {dataset}", "bytes") as bar:
        cli.client.datasets.download(
            dataset, target, version=_number(version), format=format, on_progress=bar
        )
    cli.out.done(f"The table is in {target}.", path=str(target), bytes=target.stat().st_size)


@app.command()
def restore(cli: Cli, dataset: Ref) -> None:
    """Take a dataset out of the trash."""
    restored = cli.client.datasets.restore(dataset)
    cli.out.done(f"{restored.name} is back.", id=restored.id, name=restored.name)


@app.command()
def delete(
    cli: Cli,
    dataset: Ref,
    purge: Annotated[
        bool, typer.Option("--purge", help="For good, with no way back, from the trash, too.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Put a dataset with all its versions in the trash, where it stays for a week."""
    end = "for good, with no way back" if purge else "to the trash"
    cli.out.confirm(f"Delete the dataset {dataset} with all its versions, {end}?", yes=yes)
    gone = cli.client.datasets.delete(dataset, purge=purge)
    freed = f"gone with {gone.versions} versions, which freed {size(gone.bytes_freed)}."
    back = f"in the trash for a week: `maestro datasets restore {gone.id}` brings it back."
    cli.out.done(
        f"{gone.name} is {freed if purge else back}",
        id=gone.id,
        name=gone.name,
        versions=gone.versions,
        bytes_freed=gone.bytes_freed,
    )
