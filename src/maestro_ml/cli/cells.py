"""Values as people read them in a terminal: one line, no control characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
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


def clock() -> str:
    """The time of day."""
    return datetime.now(UTC).astimezone().strftime("%H:%M:%S")


def duration(seconds: float) -> str:
    """A time span, such as `4 min 10 s`."""
    if seconds < 60:
        return f"{max(0, seconds):.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def figure(value: float | None) -> str:
    """A measure with four decimals, a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"


def printable(text: str) -> str:
    """`text` without escape sequences that a stored name could play on somebody's terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
