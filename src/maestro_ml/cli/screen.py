"""A picture that changes in its place, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

_ABOVE_AND_BELOW = 5


@contextmanager
def screen_on(console: Console, *, transient: bool) -> Iterator[Screen]:
    """A screen that stays as it was last when the block ends, or goes if `transient`."""
    with Live(console=console, auto_refresh=False, transient=transient) as live:
        yield Screen(console, live)


class Screen:
    """Draws on what is live."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console = console
        self._live = live

    @property
    def width(self) -> int:
        """The columns of the terminal, which people change."""
        return self._console.width

    def show(
        self,
        title: Sequence[tuple[str, str]],
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
    ) -> None:
        """Draw a line of styled texts and a table, as many rows of it as there is room for."""
        room = max(1, self._console.height - _ABOVE_AND_BELOW)
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for heading in headings:
            table.add_column(heading, no_wrap=True, overflow="ellipsis")
        for row in rows[:room]:
            table.add_row(*map(Text, row))
        parts: list[Text | Table] = [Text("  ").join(Text(*each) for each in title)]
        if rows:
            parts += [Text(), table]
        if len(rows) > room:
            parts.append(Text(f"and {len(rows) - room} more", style="dim"))
        self._live.update(Group(*parts), refresh=True)
