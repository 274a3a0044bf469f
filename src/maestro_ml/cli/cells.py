"""Values as people read them in a terminal: one line, no control characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum


def cell(value: object) -> str:
    """`value` as the text of one cell."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6g}"
        case Enum():
            return printable(str(value.value))
        case datetime():
            return value.astimezone().strftime("%Y-%m-%d %H:%M")
        case str():
            return printable(value)
        case Mapping():
            return ", ".join(f"{cell(key)}={cell(each)}" for key, each in value.items()) or "-"
        case Iterable():
            return ", ".join(cell(each) for each in value) or "-"
        case _:
            return printable(str(value))


def size(count: int) -> str:
    """A number of bytes, such as `1.2 MB`."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} TB"


def figure(value: float | None) -> str:
    """A measure with four decimals, a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"


def printable(text: str) -> str:
    """`text` without escape sequences that a stored name could play on somebody's terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
