"""All that the command line prints: data on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from maestro_ml.cli.cells import cell

if TYPE_CHECKING:
    from rich.console import Console

    from maestro_ml.cli.progress import Bar, Unit

Item = TypeVar("Item")
Columns = Mapping[str, Callable[[Item], object]]
"""The heading of each column, or the label of each field, and how to get its value."""


class Mode(Enum):
    """For people, for programs, or ids alone."""

    HUMAN = "human"
    JSON = "json"
    QUIET = "quiet"


def _id(item: Any) -> object:
    return item.id


class Output:
    """One instance per call of the program; `mode` is set by `--json` and `--quiet`."""

    def __init__(self) -> None:
        self.mode = Mode.HUMAN

    @cached_property
    def _stdout(self) -> Console:
        return _console(stderr=False)

    @cached_property
    def _stderr(self) -> Console:
        return _console(stderr=True)

    # Data

    def table(
        self,
        items: Iterable[Item],
        columns: Columns[Item],
        *,
        limit: int | None = None,
        key: Callable[[Item], object] = _id,
        empty: str = "There are none yet.",
    ) -> None:
        """A list: a table, a JSON array, or the `key` of each item on its own line."""
        walk = iter(items)
        rows = [*islice(walk, limit)]
        if self.mode is Mode.JSON:
            self.json([plain(row) for row in rows])
        elif self.mode is Mode.QUIET:
            self._lines(str(key(row)) for row in rows)
        elif rows:
            cells = [[cell(get(row)) for get in columns.values()] for row in rows]
            self._table([*columns], cells)
        else:
            self.note(empty)
        if limit is not None and next(walk, None) is not None:
            self.note(f"These are the first {limit}; --limit gives more.")

    def record(
        self, item: Item, fields: Columns[Item], *, key: Callable[[Item], object] = _id
    ) -> None:
        """One thing: labelled lines, a JSON object, or its `key`."""
        if self.mode is Mode.JSON:
            self.json(plain(item))
        elif self.mode is Mode.QUIET:
            self._lines([str(key(item))])
        else:
            self._fields({label: cell(get(item)) for label, get in fields.items()})

    def done(self, message: str, **result: object) -> None:
        """A change was made: a line for people, or `result` (with its `id` first) for programs."""
        if self.mode is Mode.JSON:
            self.json(result)
        elif self.mode is Mode.QUIET:
            self._lines(str(value) for value in islice(result.values(), 1))
        else:
            self._say("✓", "green", message)

    def json(self, value: object) -> None:
        """`value` as JSON."""
        typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))

    def text(self, text: str) -> None:
        """Text that is itself the data, such as a script or a line of a log."""
        typer.echo(text)

    def report(self, lines: Iterable[tuple[str, str, str, str]]) -> None:
        """Findings of (ok, warn or fail; what; how it is; what to do about it)."""
        signs = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "bold red")}
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        grid = Table.grid(padding=(0, 1))
        for state, name, detail, advice in lines:
            sign, style = signs[state]
            grid.add_row(Text(sign, style=style), Text(name, style="bold"), Text(detail))
            if advice:
                grid.add_row("", "", Text(f"→ {advice}", style="cyan"))
        self._stdout.print(grid, soft_wrap=not self._stdout.is_terminal)

    # Everything else

    def success(self, message: str) -> None:
        """What has been achieved."""
        self._remark("✓", "green", message)

    def note(self, message: str) -> None:
        """What is good to know."""
        self._remark("·", "dim", message)

    def warn(self, message: str) -> None:
        """What may become a problem."""
        self._say("!", "yellow", message)

    def error(self, message: str, hint: str = "") -> None:
        """What went wrong and what to do next."""
        self._say("✗", "bold red", message)
        if hint:
            self._say("→", "cyan", hint)

    def json_error(self, problem: Mapping[str, object]) -> None:
        """What went wrong, for programs."""
        typer.echo(json.dumps({"error": problem}, ensure_ascii=False), err=True)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Go on only if `yes`, or if somebody answers so."""
        if yes:
            return
        if not sys.stdin.isatty():
            raise typer.BadParameter("nobody can be asked here; pass --yes to confirm")
        typer.confirm(question, abort=True, err=True)

    @contextmanager
    def bar(self, title: str, *, unit: Unit = "percent") -> Iterator[Bar]:
        """A progress bar; pass the Bar as an SDK's `progress`. `unit` is what it counts."""
        from maestro_ml.cli.progress import Bar  # noqa: PLC0415 - rich.progress takes 30 ms

        with Bar(self._stderr, title, unit=unit, hidden=self.mode is Mode.QUIET) as bar:
            yield bar

    @contextmanager
    def spinner(self, title: str) -> Iterator[None]:
        """Something turns while the body runs."""
        if self.mode is Mode.QUIET:
            yield
            return
        with self._stderr.status(title, spinner="dots"):
            yield

    def _remark(self, sign: str, style: str, message: str) -> None:
        if self.mode is not Mode.QUIET:
            self._say(sign, style, message)

    def _say(self, sign: str, style: str, message: str) -> None:
        from rich.table import Table  # noqa: PLC0415 - only what prints pays for rich
        from rich.text import Text  # noqa: PLC0415

        if not self._stderr.is_terminal:
            typer.echo(f"{sign} {message}", err=True)
            return
        line = Table.grid(padding=(0, 1))
        line.add_row(Text(sign, style=style), Text(message))
        self._stderr.print(line)

    def _lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            typer.echo(line)

    def _table(self, headings: list[str], rows: list[list[str]]) -> None:
        if not self._stdout.is_terminal:
            self._lines(aligned([[heading.upper() for heading in headings], *rows]))
            return
        from rich import box  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        self._stdout.print(table)

    def _fields(self, fields: dict[str, str]) -> None:
        if not self._stdout.is_terminal:
            self._lines(aligned([[label, value] for label, value in fields.items()]))
            return
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        grid = Table.grid(padding=(0, 2))
        for label, value in fields.items():
            grid.add_row(Text(label, style="dim"), Text(value, overflow="fold"))
        self._stdout.print(grid)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=stderr, highlight=False)


def aligned(rows: list[list[str]]) -> Iterator[str]:
    """Rows as lines with their columns under one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def plain(item: Any) -> object:
    """`item` (a contract, or something JSON knows) as JSON values."""
    return item.model_dump(mode="json") if hasattr(item, "model_dump") else item
