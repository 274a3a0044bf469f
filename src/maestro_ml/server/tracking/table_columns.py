"""The columns of a table of runs in a file, and what a run has in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from maestro_ml.contracts.tracking import Run

Readers = dict[str, Callable[[Run], Any]]
FIXED: Readers = {
    "run_id": lambda run: str(run.id),
    "name": lambda run: run.name,
    "status": lambda run: run.status.value,
    "user": lambda run: run.user,
    "started_at": lambda run: run.started_at,
    "ended_at": lambda run: run.ended_at,
}


def readers_of(columns: Sequence[str]) -> Readers:
    """How to read each column, the run's own first."""
    return {**FIXED, **{column: _reader(column) for column in columns}}


def _reader(column: str) -> Callable[[Run], Any]:
    return lambda run: _value_of(run, column)


def _value_of(run: Run, column: str) -> Any:
    """What the run has at a column such as `params.lr`; None if it has nothing."""
    group, _, key = column.partition(".")
    values: dict[str, Any] = getattr(run, group)
    return values.get(key)
