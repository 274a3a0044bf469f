"""The root command: it lists every noun, and imports only the one that is used."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from maestro_ml.cli.context import Cli
from maestro_ml.cli.nouns import NOUNS
from maestro_ml.cli.output import Mode

AnyCommand = TypeVar("AnyCommand", TyperCommand, TyperGroup, TyperCommand | TyperGroup)


class LazyGroup(TyperGroup):
    """Holds an empty group for each noun, for help and completion, until one is resolved."""

    context_class = Cli

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, noun in NOUNS.items():
            self.add_command(TyperGroup(name=name, help=noun.help, rich_help_panel=noun.panel))

    def resolve_command(
        self, ctx: Any, args: list[str]
    ) -> tuple[str | None, TyperCommand | TyperGroup | None, list[str]]:
        """The real command behind the first of `args`."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in NOUNS else None, rest


def load(name: str) -> TyperCommand | TyperGroup:
    """Import the noun `name` and make its command, with the options that all commands share."""
    module, _, attribute = NOUNS[name].target.partition(":")
    target = getattr(import_module(module, __package__), attribute)
    if isinstance(target, TyperCommand):
        return target
    if isinstance(target, typer.Typer):
        command: TyperCommand | TyperGroup = get_group(target)
        command.help = NOUNS[name].help
    else:
        command = _command(name, target)
    return share_options(command)


def _command(name: str, function: Any) -> TyperCommand:
    app = typer.Typer(add_completion=False)
    app.command(name)(function)
    command = get_command(app)
    assert isinstance(command, TyperCommand)
    return command


def share_options(command: AnyCommand) -> AnyCommand:
    """Give `command` and all below it our context and the output options."""
    command.context_class = Cli
    command.params += _command("options", output_options).params
    for child in getattr(command, "commands", {}).values():
        share_options(child)
    return command


def _set_mode(mode: Mode) -> Any:
    def callback(ctx: typer.Context, value: bool) -> bool:
        if value and not ctx.resilient_parsing:
            ctx.find_root().obj.mode = mode
        return value

    return callback


def output_options(
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print JSON.", callback=_set_mode(Mode.JSON), expose_value=False
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="Print ids only.",
            callback=_set_mode(Mode.QUIET),
            expose_value=False,
        ),
    ] = False,
) -> None:
    """The options that stand before and after every noun and verb."""
