"""What is known about a table: its columns, their types and distributions, and what to look at first."""

from __future__ import annotations

from enum import StrEnum

from maestro_ml.contracts.base import Contract


class ColumnType(StrEnum):
    """The logical type of a column.

    Text comes in three kinds: `categorical` repeats few values, `text` is long free text, `string`
    is the rest (names, codes, identifiers).
    """

    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CATEGORICAL = "categorical"
    STRING = "string"
    TEXT = "text"


class Column(Contract):
    """One column of a dataset version; `nullable` says that at least one value is missing."""

    name: str
    type: ColumnType
    nullable: bool


class Quantiles(Contract):
    """The values below which 5, 25, 50, 75 and 95 % of a column lie; ISO 8601 texts for dates."""

    q05: float | str
    q25: float | str
    q50: float | str
    q75: float | str
    q95: float | str


class Histogram(Contract):
    """Bins of equal width: `counts[i]` values lie in `[edges[i], edges[i + 1])`, the last bin closed."""

    edges: list[float | str]
    counts: list[int]


class TextLength(Contract):
    """Lengths of a text column's values in characters."""

    min: int
    mean: float
    max: int


class TopValue(Contract):
    """A frequent value (texts are cut to 120 characters, dates are ISO 8601) and how often it occurs."""

    value: bool | int | float | str
    count: int


class ColumnProfile(Contract):
    """The distribution of one column; a figure that makes no sense for the type is None.

    Infinite numbers are counted in `infinite` and left out of every other figure but `distinct` and
    `top_values`. `std` is the sample deviation (n - 1).
    """

    name: str
    type: ColumnType
    count: int
    """Values that are not missing."""
    missing: int
    distinct: int
    distinct_exact: bool
    """False: an estimate, with a standard error of 1.6 %."""
    min: int | float | str | None = None
    max: int | float | str | None = None
    mean: float | None = None
    std: float | None = None
    skewness: float | None = None
    infinite: int = 0
    quantiles: Quantiles | None = None
    histogram: Histogram | None = None
    length: TextLength | None = None
    top_values: list[TopValue]
    top_values_exact: bool
    """False: counts were scaled up from a sample of the rows."""
    sample_rows: int | None = None
    """Rows that quantiles, histogram and skewness rest on; None means all of them."""


class WarningCode(StrEnum):
    """What may be wrong with a column, or with its use as a feature."""

    ALL_MISSING = "all_missing"
    CONSTANT = "constant"
    ID_LIKE = "id_like"
    DUPLICATE_COLUMN = "duplicate_column"
    SKEWED = "skewed"
    IMBALANCED = "imbalanced"
    INFINITE_VALUES = "infinite_values"
    MOSTLY_MISSING = "mostly_missing"
    HIGH_CARDINALITY = "high_cardinality"
    HIGHLY_CORRELATED = "highly_correlated"


class ProfileWarning(Contract):
    """Something to look at before training; `columns` names those concerned."""

    code: WarningCode
    columns: list[str]
    message: str


class Correlations(Contract):
    """Pearson's r of each pair of numeric `columns`, None where the rows do not define it."""

    columns: list[str]
    values: list[list[float | None]]
    rows: int
    """Rows it rests on: at most 20,000, at even distances."""
    omitted: int
    """Numeric columns beyond the first 50."""


class TableProfile(Contract):
    """A table at a glance, columns in the table's order.

    `correlations` is None without two numeric columns, and of versions from before it was computed.
    """

    rows: int
    columns: list[ColumnProfile]
    warnings: list[ProfileWarning]
    correlations: Correlations | None = None


class IngestedTable(Contract):
    """What came of an uploaded file: the facts of its typed Parquet table."""

    source_format: str
    """csv, parquet or jsonl."""
    source_sha256: str
    """Of the upload as it arrived, compressed or not."""
    source_bytes: int
    content_sha256: str
    """Of the Parquet file; the same upload gives the same hash."""
    content_bytes: int
    rows: int
    columns: list[Column]
    profile: TableProfile
