"""What people see: rows, remarks, bars and spinners; plain aligned text where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from maestro_ml.cli.cells import printable
from maestro_ml.cli.progress import Bar, Unit

Cell = str | tuple[str, str]
"""A text, or a text and its style."""


class Terminal:
    """One of the two output streams."""

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr
        self._console = Console(stderr=stderr, highlight=False)

    def rows(self, rows: Sequence[Sequence[Cell]], headings: Sequence[str] = ()) -> None:
        """Cells under one another, folded to the width of the screen, if there is one."""
        if not self._console.is_terminal:
            texts = [[cell if isinstance(cell, str) else cell[0] for cell in row] for row in rows]
            top = [[heading.upper() for heading in headings]] if headings else []
            for line in aligned(top + texts):
                typer.echo(line, err=self._stderr)
            return
        table = Table(
            box=box.SIMPLE_HEAD if headings else None,
            show_header=bool(headings),
            header_style="bold",
            padding=(0, 2, 0, 0),
            pad_edge=False,
        )
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(_styled(cell) for cell in row))
        self._console.print(table)

    def remark(self, sign: str, style: str, message: str) -> None:
        """One line, or several under one sign."""
        message = printable(message)
        if self._console.is_terminal:
            self.rows([[(sign, style), message]])
        else:
            typer.echo(f"{sign} {message}", err=self._stderr)

    def bar(self, title: str, unit: Unit, *, hidden: bool) -> Bar:
        """A progress bar, not started yet."""
        return Bar(self._console, title, unit, hidden=hidden or not self._console.is_terminal)

    def spinner(self, title: str) -> AbstractContextManager[object]:
        """Something that turns."""
        return self._console.status(Text(title), spinner="dots")


def _styled(cell: Cell) -> Text:
    return Text(cell) if isinstance(cell, str) else Text(cell[0], style=cell[1])


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines with their columns under one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()
