"""What every command is given: the output and, once it is needed, the client."""

from __future__ import annotations

from functools import cached_property

import typer

import maestro_ml
from maestro_ml.cli.output import Output


class Cli(typer.Context):
    """Ask for it with a parameter `cli: Cli`; Typer passes it without an option of its own."""

    @property
    def out(self) -> Output:
        """Where all output goes."""
        out = self.find_root().obj
        assert isinstance(out, Output)
        return out

    @cached_property
    def client(self) -> maestro_ml.MaestroClient:
        """The client for this call of the program, closed at its end."""
        root = self.find_root()
        if isinstance(root, Cli) and root is not self:
            return root.client
        return self.with_resource(maestro_ml.MaestroClient())
