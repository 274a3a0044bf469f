"""`maestro completion`: what a shell needs to complete nouns, verbs and options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined]

from maestro_ml.cli.context import Cli


class Shell(StrEnum):
    """The shells with a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    cli: Cli, shell: Annotated[Shell, typer.Argument(help="The shell to complete in.")]
) -> None:
    """Print the completion script for a shell.

    bash: maestro completion bash > ~/.local/share/bash-completion/completions/maestro

    zsh: maestro completion zsh > a folder of your $fpath, as _maestro

    fish: maestro completion fish > ~/.config/fish/completions/maestro.fish
    """
    script = get_completion_script(
        prog_name="maestro", complete_var="_MAESTRO_COMPLETE", shell=shell.value
    )
    cli.out.text(script)
