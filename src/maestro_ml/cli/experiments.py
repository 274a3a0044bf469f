"""`maestro experiments`: where runs are compared with each other."""

from __future__ import annotations

from typing import Annotated

import typer

from maestro_ml.cli import trash
from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns
from maestro_ml.contracts.tracking import Experiment, View

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[Experiment] = {
    "Id": lambda experiment: experiment.id,
    "Name": lambda experiment: experiment.name,
    "State": lambda experiment: experiment.lifecycle,
    "Tags": lambda experiment: experiment.tags,
    "Created": lambda experiment: experiment.created_at,
    "Changed": lambda experiment: experiment.updated_at,
}
DETAILS: Columns[Experiment] = {
    **COLUMNS,
    "Artifacts": lambda experiment: experiment.artifact_location,
}

Ref = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Its number or name.")]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="KEY=VALUE", help="Repeat it for several.")
]


def reference(text: str) -> int | str:
    """The number or name that `text` means: what looks like a number is one."""
    return int(text) if text.isdecimal() else text


def pairs(texts: list[str] | None) -> dict[str, str]:
    """`KEY=VALUE` texts as a mapping."""
    found = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise typer.BadParameter(f"{text!r} is no KEY=VALUE")
        found[key] = value
    return found


@app.command("list")
def list_experiments(
    cli: Cli,
    name: Annotated[
        str | None, typer.Option(help="A part of the name.", show_default=False)
    ] = None,
    view: Annotated[View, typer.Option(help="Which to show.")] = View.ACTIVE,
    limit: Limit = 100,
) -> None:
    """List experiments, the newest first."""
    cli.out.table(cli.client.experiments.list(name=name, view=view), COLUMNS, limit=limit)


@app.command()
def get(cli: Cli, experiment: Ref) -> None:
    """Show an experiment."""
    cli.out.record(cli.client.experiments.get(reference(experiment)).info, DETAILS)


@app.command()
def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Unique in your tenant.")],
    tag: Tags = None,
) -> None:
    """Make an experiment."""
    made = cli.client.experiments.create(name, tags=pairs(tag))
    cli.out.success(f"The experiment {made.name} has the number {made.id}.")
    cli.out.record(made.info, DETAILS)


@app.command()
def update(
    cli: Cli,
    experiment: Ref,
    name: Annotated[str | None, typer.Option(help="The new name.", show_default=False)] = None,
    tag: Tags = None,
    remove_tag: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Repeat it for several.")
    ] = None,
) -> None:
    """Rename an experiment, set or remove tags."""
    tags = {**pairs(tag), **dict.fromkeys(remove_tag or ())}
    changed = cli.client.experiments.update(reference(experiment), name=name, tags=tags)
    cli.out.success(f"The experiment {changed.name} is changed.")
    cli.out.record(changed.info, DETAILS)


@app.command()
def delete(cli: Cli, experiment: Ref, yes: Yes = False) -> None:
    """Move an experiment with its runs to the trash."""
    cli.out.confirm(f"Move the experiment {experiment} to the trash?", yes=yes)
    cli.client.experiments.delete(reference(experiment))
    restore = f"`maestro experiments restore {experiment}` brings it back."
    cli.out.done(f"The experiment {experiment} is in the trash. {restore}", id=experiment)


@app.command()
def restore(cli: Cli, experiment: Ref) -> None:
    """Take an experiment out of the trash."""
    restored = cli.client.experiments.restore(reference(experiment))
    cli.out.success(f"The experiment {restored.name} is back.")
    cli.out.record(restored.info, DETAILS)


@app.command()
def note(
    cli: Cli,
    experiment: Ref,
    text: Annotated[
        str | None, typer.Option("--set", help="The new text, in Markdown.", show_default=False)
    ] = None,
) -> None:
    """Show an experiment's note, or write it."""
    if text is None:
        cli.out.text(cli.client.experiments.note(reference(experiment)))
    else:
        cli.client.experiments.set_note(reference(experiment), text)
        cli.out.done("The note is written.", id=experiment)


@app.command()
def purge(
    cli: Cli,
    experiments: Annotated[
        list[str] | None, typer.Argument(metavar="[EXPERIMENT...]", help="Those in the trash.")
    ] = None,
    older_than: trash.OlderThan = None,
    yes: Yes = False,
) -> None:
    """Take experiments in the trash with all their runs out of everything for good."""
    trash.ask(cli, "experiments", experiments, older_than, yes=yes)
    chosen = [reference(each) for each in experiments or ()]
    trash.report(cli, cli.client.experiments.purge(chosen, older_than_days=older_than))
