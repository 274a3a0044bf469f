"""What people see: rows, remarks, bars and spinners; plain aligned text where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate

import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from maestro_ml.cli.cells import printable
from maestro_ml.cli.progress import Bar, Unit
from maestro_ml.cli.screen import Screen, screen_on

Cell = str | tuple[str, str]
"""A text, or a text and its style."""

_GAP = 2


class Terminal:
    """One of the two output streams."""

    def __init__(self, *, stderr: bool) -> None:
        self._stderr = stderr
        self._console = Console(stderr=stderr, highlight=False)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Sequence[str]:
        """Print the columns from the left that fit; returns the headings of those that do not.

        Where not even two fit, each row becomes a block of lines, and nothing is left out.
        """
        if not self._console.is_terminal:
            self._plain([[heading.upper() for heading in headings], *rows])
            return []
        fitting = _fitting([headings, *rows], self._console.width)
        if fitting < min(2, len(headings)):
            for row in rows:
                self.rows(
                    [[(heading, "dim"), text] for heading, text in zip(headings, row, strict=True)]
                )
                self._console.print()
            return []
        table = Table(
            box=box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            header_style="bold",
            padding=(0, _GAP - 1, 0, 0),
        )
        for heading in headings[:fitting]:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row[:fitting]))
        self._console.print(table)
        return headings[fitting:]

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Cells under one another, without headings, folded to the width of the screen."""
        if not self._console.is_terminal:
            self._plain(
                [[cell if isinstance(cell, str) else cell[0] for cell in row] for row in rows]
            )
            return
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        for row in rows:
            grid.add_row(*(Text(cell) if isinstance(cell, str) else Text(*cell) for cell in row))
        self._console.print(grid)

    def remark(self, sign: str, style: str, message: str) -> None:
        """One line, or several under one sign."""
        message = "\n".join(map(printable, message.splitlines()))
        if self._console.is_terminal:
            self.rows([[(sign, style), message]])
        else:
            folded = message.replace("\n", "\n  ")
            typer.echo(f"{sign} {folded}", err=self._stderr)

    def bar(self, title: str, unit: Unit, *, hidden: bool) -> Bar:
        """A progress bar, not started yet."""
        return Bar(self._console, title, unit, hidden=hidden or not self._console.is_terminal)

    def spinner(self, title: str) -> AbstractContextManager[object]:
        """Something that turns."""
        return self._console.status(Text(title), spinner="dots")

    def screen(self, *, transient: bool) -> AbstractContextManager[Screen | None]:
        """A picture that changes in its place, and goes if `transient`; None where nobody looks."""
        if not self._console.is_terminal:
            return nullcontext()
        return screen_on(self._console, transient=transient)

    def _plain(self, rows: Sequence[Sequence[str]]) -> None:
        for line in _aligned(rows):
            typer.echo(line, err=self._stderr)


def _fitting(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many columns fit beside one another."""
    ends = accumulate(max(map(cell_len, column)) + _GAP for column in zip(*rows, strict=True))
    return sum(end - _GAP <= width for end in ends)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines with their columns under one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield (" " * _GAP).join(map(str.ljust, row, widths)).rstrip()
