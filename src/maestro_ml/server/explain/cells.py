"""Values of tables as JSON has them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from maestro_ml.contracts.explain import Cell, Instance

_SHOWN = 80


def cell(value: Any) -> Cell:
    """A value as a number, truth or short text; None where it is missing."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def instance(table: pd.DataFrame, row: int) -> Instance:
    """Row number `row` of a table, counted from 0."""
    return {str(name): cell(table[name].iloc[row]) for name in table.columns}


def rounded(value: float) -> float:
    """Six digits: what a drawing can show."""
    return float(f"{value:.6g}") if math.isfinite(value) else 0.0


def named(column: str, value: Cell) -> str:
    """A column with its value, as a label."""
    if value is None:
        return f"{column} is missing"
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{column} = {shown[:24]}"
