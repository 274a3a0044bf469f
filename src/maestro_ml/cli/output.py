"""All that the command line prints: data on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from maestro_ml.cli.cells import cell

if TYPE_CHECKING:
    from maestro_ml.cli.progress import Bar, Unit
    from maestro_ml.cli.screen import Screen
    from maestro_ml.cli.terminal import Cell, Terminal

Item = TypeVar("Item")
Columns = Mapping[str, Callable[[Item], object]]
"""The heading of each column, or the label of each field, and how to get its value.

The most important comes first: a narrow terminal shows the columns from the left that fit.
"""

_SIGNS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "bold red")}


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
    def _stdout(self) -> Terminal:
        return _terminal(stderr=False)

    @cached_property
    def _stderr(self) -> Terminal:
        return _terminal(stderr=True)

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
            hidden = self._stdout.table([*columns], cells)
            if hidden:
                self.note(f"There is no room for {', '.join(hidden)}; --json has all.")
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
            self._stdout.rows([[(label, "dim"), cell(get(item))] for label, get in fields.items()])

    def done(self, message: str, **result: object) -> None:
        """A change was made: a line for people, or `result` (with its `id` first) for programs."""
        if self.mode is Mode.JSON:
            self.json(result)
        elif self.mode is Mode.QUIET:
            self._lines(str(value) for value in islice(result.values(), 1))
        else:
            self._stderr.remark("✓", "green", message)

    def json(self, value: object) -> None:
        """`value` as JSON."""
        typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))

    def text(self, text: str) -> None:
        """Text that is itself the data, such as a script or a line of a log."""
        typer.echo(text)

    def findings(self, findings: Iterable[tuple[str, str, str, str]]) -> None:
        """What was checked: its state (ok, warn or fail), its name, how it is, what to do."""
        rows: list[list[Cell]] = []
        for state, name, detail, advice in findings:
            rows.append([_SIGNS[state], name, detail])
            if advice:
                rows.append(["", "", (f"→ {advice}", "cyan")])
        self._stdout.rows(rows)

    # Everything else

    def success(self, message: str) -> None:
        """What has been achieved."""
        self._remark("✓", "green", message)

    def note(self, message: str) -> None:
        """What is good to know."""
        self._remark("·", "dim", message)

    def warn(self, message: str) -> None:
        """What may become a problem."""
        self._stderr.remark("!", "yellow", message)

    def error(self, message: str, hint: str = "") -> None:
        """What went wrong and what to do next."""
        self._stderr.remark("✗", "bold red", message)
        if hint:
            self._stderr.remark("→", "cyan", hint)

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

    def bar(self, title: str, unit: Unit = "percent") -> AbstractContextManager[Bar]:
        """A progress bar that counts `unit`; the Bar is what the SDK takes as `progress`."""
        return self._stderr.bar(title, unit, hidden=self.mode is Mode.QUIET)

    def spinner(self, title: str) -> AbstractContextManager[object]:
        """Something turns while the body runs."""
        return nullcontext() if self.mode is Mode.QUIET else self._stderr.spinner(title)

    def screen(self, *, transient: bool = False) -> AbstractContextManager[Screen | None]:
        """A picture that changes, while the body runs; None where nobody looks at stdout.

        It stays as it was last, unless it is `transient`.
        """
        if self.mode is not Mode.HUMAN:
            return nullcontext()
        return self._stdout.screen(transient=transient)

    def _remark(self, sign: str, style: str, message: str) -> None:
        if self.mode is not Mode.QUIET:
            self._stderr.remark(sign, style, message)

    def _lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            typer.echo(line)


def _terminal(*, stderr: bool) -> Terminal:
    from maestro_ml.cli.terminal import Terminal  # noqa: PLC0415 - rich costs 60 ms, JSON needs none

    return Terminal(stderr=stderr)


def plain(item: Any) -> object:
    """`item` (a contract, or something JSON knows) as JSON values."""
    return item.model_dump(mode="json") if hasattr(item, "model_dump") else item
