"""The profile of a table as a person reads it: one line a column, with its shape drawn small."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from maestro_ml.cli.output import Columns
from maestro_ml.contracts.dataset_profile import ColumnProfile

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 12

Line = tuple[ColumnProfile, int]
"""A column, and the rows of its table."""


def share(part: int, whole: int) -> str:
    """`part` of `whole` in percent; what is little never looks like nothing."""
    if not part or not whole:
        return "-"
    percent = 100 * part / whole
    return "<0.1 %" if percent < 0.1 else f"{percent:.1f} %"


def sparkline(counts: Sequence[int], width: int = _WIDTH) -> str:
    """Counts as bars of equal width; neighbours are added up where there are more than `width`."""
    bins = min(width, len(counts))
    edges = [len(counts) * at // bins for at in range(bins + 1)] if bins else [0]
    sums = [sum(counts[low:high]) for low, high in pairwise(edges)]
    highest = max(sums, default=0)
    return "".join(_bar(each, highest) for each in sums)


def _bar(count: int, highest: int) -> str:
    return _BARS[-(-count * len(_BARS) // highest) - 1] if count else " "


def shape(column: ColumnProfile) -> str:
    """The histogram, or the most frequent value."""
    if column.histogram is not None:
        return sparkline(column.histogram.counts)
    if not column.top_values:
        return "-"
    top = column.top_values[0]
    value = str(top.value)
    return f"{value if len(value) <= 20 else value[:19] + '…'} {share(top.count, column.count)}"


def _quantile(name: str, column: ColumnProfile) -> object:
    return None if column.quantiles is None else getattr(column.quantiles, name)


PROFILE: Columns[Line] = {
    "Column": lambda line: line[0].name,
    "Type": lambda line: line[0].type,
    "Missing": lambda line: share(line[0].missing, line[1]),
    "Distinct": lambda line: ("" if line[0].distinct_exact else "~") + f"{line[0].distinct:,}",
    "Shape": lambda line: shape(line[0]),
    "Median": lambda line: _quantile("q50", line[0]),
    "5 %": lambda line: _quantile("q05", line[0]),
    "95 %": lambda line: _quantile("q95", line[0]),
    "Mean": lambda line: line[0].mean,
    "Least": lambda line: line[0].min,
    "Most": lambda line: line[0].max,
}
