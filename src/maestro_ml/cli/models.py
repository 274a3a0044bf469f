"""`maestro models`: the registry."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from maestro_ml.cli.cells import size
from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns, Mode
from maestro_ml.contracts.registry import Model, ModelEvent, ModelVersion, Stage

app = typer.Typer(no_args_is_help=True)

MODELS: Columns[Model] = {
    "Name": lambda model: model.name,
    "Latest": lambda model: model.latest_version,
    "Aliases": lambda model: model.aliases,
    "Tags": lambda model: model.tags,
    "Created": lambda model: model.created_at,
    "By": lambda model: model.created_by,
    "Description": lambda model: model.description,
}

VERSIONS: Columns[ModelVersion] = {
    "Model": lambda version: version.model,
    "Version": lambda version: version.version,
    "Stage": lambda version: version.stage,
    "Aliases": lambda version: version.aliases,
    "Metrics": lambda version: version.metrics,
    "Size": lambda version: size(version.size_bytes),
    "Created": lambda version: version.created_at,
    "By": lambda version: version.created_by,
    "Run": lambda version: version.source_run_id,
    "Description": lambda version: version.description,
}

EVENTS: Columns[ModelEvent] = {
    "When": lambda event: event.at,
    "What": lambda event: event.kind.replace("_", " "),
    "Version": lambda event: event.version,
    "Alias": lambda event: event.alias,
    "Stage": lambda event: event.stage,
    "Before": lambda event: event.previous,
    "By": lambda event: event.actor,
}

Name = Annotated[str, typer.Argument(metavar="MODEL", help="Its name or id.")]
Number = Annotated[str, typer.Argument(metavar="VERSION", help="Its number, such as 3 or v3.")]


def _reference(version: ModelVersion) -> object:
    return f"{version.model}/{version.version}"


@app.command("list")
def list_models(
    cli: Cli,
    search: Annotated[str, typer.Option(help="A part of the name.")] = "",
    limit: Limit = 100,
) -> None:
    """List the models."""
    found = cli.client.models.search(search)
    cli.out.table(found, MODELS, limit=limit, key=lambda model: model.name)


@app.command()
def get(
    cli: Cli,
    name: Name,
    version: Annotated[
        str | None, typer.Option("--version", "-v", help="A version.", show_default=False)
    ] = None,
) -> None:
    """Show a model, or one of its versions."""
    if version is None:
        cli.out.record(cli.client.models.get(name).info, MODELS)
    else:
        cli.out.record(cli.client.models.get(name, version=version).info, VERSIONS, key=_reference)


@app.command()
def versions(cli: Cli, name: Name, limit: Limit = 100) -> None:
    """List a model's versions, newest first."""
    found = cli.client.models.get(name).versions()
    cli.out.table(found, VERSIONS, limit=limit, key=_reference)


@app.command()
def register(
    cli: Cli,
    name: Name,
    path: Annotated[
        Path, typer.Argument(exists=True, help="An MLflow model directory, or a zip or tar of one.")
    ],
    description: Annotated[str, typer.Option(help="What is new in it.")] = "",
) -> None:
    """Register a model directory as the next version of a model."""
    with cli.out.bar(f"Uploading {path.name}", "bytes") as bar:
        version = cli.client.models.register(name, path, description=description, on_progress=bar)
    cli.out.success(f"Registered {version.model} version {version.version}.")
    cli.out.record(version.info, VERSIONS, key=_reference)


@app.command()
def download(
    cli: Cli,
    name: Name,
    version: Number,
    path: Annotated[Path, typer.Argument(help="A folder, a .zip, or a file such as model.pkl.")],
) -> None:
    """Save a version's files."""
    with cli.out.bar(f"Downloading {name}", "bytes") as bar:
        saved = cli.client.models.get(name, version=version).download(path, on_progress=bar)
    cli.out.done(f"Saved {name} version {version} to {saved}.", path=saved)


@app.command()
def stage(
    cli: Cli,
    name: Name,
    version: Number,
    to: Annotated[Stage, typer.Argument(case_sensitive=False, help=", ".join(Stage))],
    archive_existing: Annotated[
        bool, typer.Option("--archive-existing", help="Archive the versions in this stage now.")
    ] = False,
) -> None:
    """Move a version to a stage."""
    found = cli.client.models.get(name, version=version)
    moved = found.transition_stage(to, archive_existing=archive_existing)
    cli.out.success(f"{moved.model} version {moved.version} is in {moved.stage.value} now.")
    cli.out.record(moved.info, VERSIONS, key=_reference)


@app.command()
def alias(
    cli: Cli,
    name: Name,
    alias: Annotated[str, typer.Argument(help="Such as champion.")],
    version: Annotated[
        str | None, typer.Option("--version", "-v", help="What it names from now on.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Remove the alias.")] = False,
) -> None:
    """Show, set or remove an alias."""
    if delete:
        cli.client.models.get(name).delete_alias(alias)
        cli.out.done(f"{name} has no alias {alias} any more.", alias=alias)
    elif version is not None:
        target = cli.client.models.get(name, version=version).set_alias(alias)
        cli.out.success(f"{alias} is {target.model} version {target.version} now.")
        cli.out.record(target.info, VERSIONS, key=_reference)
    else:
        found = cli.client.models.get(name, alias=alias)
        cli.out.record(found.info, VERSIONS, key=_reference)


@app.command()
def history(
    cli: Cli,
    name: Name,
    at: Annotated[
        datetime | None, typer.Option(help="How it stood then.", show_default=False)
    ] = None,
) -> None:
    """Show what a model's aliases and stages were, and what happened to it."""
    # A deleted model has a history too, so it is not looked up first.
    past = cli.client.models.history(name, at)
    if cli.out.mode is Mode.JSON:
        cli.out.json(past.model_dump(mode="json"))
        return
    for named, number in past.aliases.items():
        cli.out.note(f"{named} is version {number}")
    for number, held in past.stages.items():
        cli.out.note(f"version {number} is in {held.value}")
    cli.out.table(past.events, EVENTS)


@app.command()
def delete(
    cli: Cli,
    name: Name,
    version: Annotated[
        str | None, typer.Option("--version", "-v", help="This version alone.", show_default=False)
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete a model, or one of its versions, with its files."""
    what = name if version is None else f"{name} version {version}"
    cli.out.confirm(f"Delete {what} and its files?", yes=yes)
    if version is None:
        cli.client.models.delete(name)
    else:
        cli.client.models.get(name, version=version).delete()
    cli.out.done(f"{what} is deleted.", id=what)
