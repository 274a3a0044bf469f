"""`maestro up`, `server`, `worker`, `gateway`, `admin`: handed over to the server's own programs.

The command line must not import the server, so the process becomes `python -m maestro_ml.server.…`
with the same arguments; signals, exit code and `--help` are the program's own.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import cast

import typer
from typer.core import TyperCommand
from typer.main import get_command

from maestro_ml.sdk.errors import MaestroError


def hand_over(name: str, module: str) -> TyperCommand:
    """The command `name`, which turns this process into `module`."""
    app = typer.Typer(add_completion=False)

    @app.command(
        name,
        context_settings={
            "allow_extra_args": True,
            "ignore_unknown_options": True,
            "help_option_names": [],
        },
    )
    def run(ctx: typer.Context) -> None:
        require_server(name, module)
        # -P: a file in the working directory must not stand in for one of the server's modules.
        os.execv(sys.executable, [sys.executable, "-P", "-m", module, *ctx.args])  # noqa: S606

    return cast("TyperCommand", get_command(app))


def require_server(name: str, module: str) -> None:
    """Raises MaestroError when the server's part of the distribution is not installed."""
    if find_spec("fastapi") is None or find_spec(module) is None:
        raise MaestroError(
            f"`maestro {name}` needs the server, which is not installed here.",
            "Install it with: pip install 'maestro-ml[platform]'",
        )


up = hand_over("up", "maestro_ml.server.up")
server = hand_over("server", "maestro_ml.server.app")
worker = hand_over("worker", "maestro_ml.server.worker")
gateway = hand_over("gateway", "maestro_ml.server.gateway")
admin = hand_over("admin", "maestro_ml.server.admin")
