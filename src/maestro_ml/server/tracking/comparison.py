"""Pure comparison of runs: what differs comes first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from maestro_ml.contracts.selections import ComparedMetric, ComparedText


def compare_texts(columns: Sequence[Mapping[str, str]]) -> list[ComparedText]:
    """Params or tags, one mapping for each run; a key that only some have differs."""
    rows = []
    for key in _keys(columns):
        values = [column.get(key) for column in columns]
        rows.append(ComparedText(key=key, differs=len(set(values)) > 1, values=values))
    return sorted(rows, key=_place)


def compare_metrics(columns: Sequence[Mapping[str, float]]) -> list[ComparedMetric]:
    """Latest values, one mapping for each run; NaN equals NaN here."""
    rows = []
    for key in _keys(columns):
        values = [column.get(key) for column in columns]
        seen = {"NaN" if value is not None and math.isnan(value) else value for value in values}
        rows.append(ComparedMetric(key=key, differs=len(seen) > 1, values=values))
    return sorted(rows, key=_place)


def _keys(columns: Iterable[Mapping[str, object]]) -> set[str]:
    return {key for column in columns for key in column}


def _place(row: ComparedText | ComparedMetric) -> tuple[bool, str]:
    return not row.differs, row.key
