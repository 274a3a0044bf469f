"""The figures a profile consists of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The values below which 5, 25, 50, 75 and 95 % of a column lie; ISO 8601 texts for dates."""

    q05: float | str
    q25: float | str
    q50: float | str
    q75: float | str
    q95: float | str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins of equal width: `counts[i]` values lie in `[edges[i], edges[i + 1])`, the last bin closed."""

    edges: list[float | str]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class TextLength:
    """Lengths of a text column's values in characters."""

    min: int
    mean: float
    max: int


@dataclass(frozen=True, slots=True)
class TopValue:
    """A frequent value and how often it occurs."""

    value: Scalar
    count: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """The distribution of one column; a figure that makes no sense for the type is None."""

    name: str
    type: str
    count: int
    missing: int
    distinct: int
    distinct_exact: bool
    top_values: list[TopValue]
    top_values_exact: bool
    min: int | float | str | None = None
    max: int | float | str | None = None
    mean: float | None = None
    std: float | None = None
    skewness: float | None = None
    infinite: int = 0
    quantiles: Quantiles | None = None
    histogram: Histogram | None = None
    length: TextLength | None = None
    sample_rows: int | None = None


@dataclass(frozen=True, slots=True)
class ProfileWarning:
    """Something to look at before training; `columns` names those concerned."""

    code: str
    columns: list[str]
    message: str


@dataclass(frozen=True, slots=True)
class Correlations:
    """Pearson's r of each pair of `columns`, over `rows` rows; `omitted` columns did not fit in."""

    columns: list[str]
    values: list[list[float | None]]
    rows: int
    omitted: int


@dataclass(frozen=True, slots=True)
class TableProfile:
    """A table at a glance, columns in the table's order."""

    rows: int
    columns: list[ColumnProfile]
    warnings: list[ProfileWarning]
    correlations: Correlations | None = None
