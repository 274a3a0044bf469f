"""`maestro deployments`, `maestro deploy` and `maestro predict`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns, Mode
from maestro_ml.contracts.serving import Deployment

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[Deployment] = {
    "Name": lambda deployment: deployment.name,
    "State": lambda deployment: deployment.state,
    "Serves": lambda deployment: [f"{each.model}/{each.version}" for each in deployment.routes],
    "Error": lambda deployment: deployment.error,
    "Updated": lambda deployment: deployment.updated_at,
    "By": lambda deployment: deployment.created_by,
}

Name = Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="Its name.")]
_FORMS = ("inputs", "instances", "dataframe_records")


def _name(deployment: Deployment) -> object:
    return deployment.name


@app.command("list")
def list_deployments(cli: Cli, limit: Limit = 100) -> None:
    """List the deployments."""
    cli.out.table(cli.client.deployments.list(), COLUMNS, limit=limit, key=_name)


@app.command()
def get(cli: Cli, name: Name) -> None:
    """Show a deployment."""
    cli.out.record(cli.client.deployments.get(name), COLUMNS, key=_name)


@app.command()
def stop(cli: Cli, name: Name) -> None:
    """Answer no predictions until it is started again."""
    cli.client.deployments.stop(name)
    cli.out.done(f"{name} is stopped. `maestro deployments start {name}` starts it.", name=name)


@app.command()
def start(cli: Cli, name: Name) -> None:
    """Let a stopped or failed deployment answer again, once its model has been loaded."""
    with cli.out.spinner(f"Loading what {name} serves"):
        deployment = cli.client.deployments.start(name)
    cli.out.success(f"{name} is ready.")
    cli.out.record(deployment, COLUMNS, key=_name)


@app.command()
def logs(
    cli: Cli,
    name: Name,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Print what the served model printed, and what befell its process."""
    for line in cli.client.deployments.logs(name, follow=follow):
        cli.out.text(f"{line.at:%Y-%m-%d %H:%M:%S} {line.source.value:7} {line.text}")


@app.command()
def delete(cli: Cli, name: Name, yes: Yes = False) -> None:
    """End a deployment; its model stays registered."""
    cli.out.confirm(f"End the deployment {name}?", yes=yes)
    cli.client.deployments.delete(name)
    cli.out.done(f"{name} is not served any more.", name=name)


def deploy(
    cli: Cli,
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="name, name/3 or name@alias; newest by default.")
    ],
    name: Annotated[str, typer.Option(help="The deployment; it is switched if it exists.")],
) -> None:
    """Serve a model version under a name, once it has been loaded."""
    base, at, alias = model.partition("@")
    base, slash, version = base.partition("/")
    with cli.out.spinner(f"Loading {model}"):
        deployment = cli.client.deployments.deploy(
            name, base, version=version if slash else None, alias=alias if at else None
        )
    cli.out.success(f"{name} is ready. Ask it: maestro predict {name} --data rows.json")
    cli.out.record(deployment, COLUMNS, key=_name)


def predict(
    cli: Cli,
    name: Name,
    data: Annotated[str, typer.Option(help="A JSON file, - for stdin, or the row itself as JSON.")],
) -> None:
    """Predict the rows of a JSON file."""
    rows = read_rows(data)
    answer = cli.client.deployments.predict(name, rows)
    if cli.out.mode is Mode.JSON:
        cli.out.json(answer.model_dump(mode="json", exclude_none=True))
        return
    chances: list[dict[str, float]] = answer.probabilities or [{} for _ in answer.predictions]
    table = [
        {"row": row, "prediction": prediction, "chance": chance}
        for row, (prediction, chance) in enumerate(zip(answer.predictions, chances, strict=True))
    ]
    columns: Columns[dict[str, Any]] = {
        "Row": lambda line: line["row"],
        "Prediction": lambda line: line["prediction"],
        **({"Probabilities": lambda line: line["chance"]} if answer.probabilities else {}),
    }
    cli.out.table(table, columns, key=lambda line: line["prediction"])


def read_rows(data: str) -> list[Mapping[str, Any]]:
    """One row or many: an object, a list of them, or what the REST endpoint takes."""
    text = data if data.lstrip().startswith(("{", "[")) else _read(data)
    try:
        said = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"this is not valid JSON: {error}") from error
    if isinstance(said, dict):
        named = [form for form in _FORMS if isinstance(said.get(form), list | dict)]
        said = said[named[0]] if named else said
    rows = [said] if isinstance(said, dict) else said
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise typer.BadParameter("give one JSON object per row, or a list of them")
    return rows


def _read(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    if not Path(path).is_file():
        raise typer.BadParameter(f"there is no file {path}")
    return Path(path).read_text()
