"""Reading passwords without showing them."""

from __future__ import annotations

import sys

import typer


def read_password(*, from_stdin: bool = False, confirm: bool = False) -> str:
    """A password from the first line of stdin, or typed (twice with `confirm`) at a prompt."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here; use --password-stdin")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=confirm, err=True)
    return password
