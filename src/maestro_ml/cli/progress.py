"""The progress bar, on stderr and only where somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

Unit = Literal["percent", "bytes", "steps"]

_AMOUNT: dict[Unit, Callable[[], list[ProgressColumn]]] = {
    "percent": lambda: [TextColumn("{task.percentage:>3.0f}%")],
    "bytes": lambda: [DownloadColumn(), TransferSpeedColumn()],
    "steps": lambda: [MofNCompleteColumn()],
}


class Bar:
    """Call it with what is done and what is to do (None while unknown), as the SDK does."""

    def __init__(self, console: Console, title: str, unit: Unit, *, hidden: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            *_AMOUNT[unit](),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
            console=console,
            transient=True,
            disable=hidden,
        )
        self._task = self._progress.add_task(title, total=None, note="")

    def __call__(self, done: float, total: float | None, note: str | None = None) -> None:
        """Show `done` of `total`; `note` stays until the next one."""
        fields: dict[str, Any] = {} if note is None else {"note": note}
        self._progress.update(self._task, completed=done, total=total, **fields)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()
