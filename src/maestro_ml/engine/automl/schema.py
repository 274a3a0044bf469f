"""The exact columns a model was trained on, and the one way from a raw table to a matrix."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from maestro_ml.engine.automl import columns, text
from maestro_ml.engine.automl.columns import ColumnKind
from maestro_ml.engine.automl.dtypes import as_feature
from maestro_ml.engine.automl.errors import (
    InvalidFeaturesError,
    NoFeaturesError,
    SchemaMismatchError,
)
from maestro_ml.engine.automl.tasks import FloatArray

MAX_LEVELS = 5000
_FIRST_ROWS = 200
_DATE_PARTS = ("days", "year", "month", "day", "day_of_week", "hour")
_REASONS = {
    ColumnKind.IDENTIFIER: "names the rows (an identifier), so it cannot help with new rows",
    ColumnKind.CONSTANT: "has one value in all rows",
    ColumnKind.EMPTY: "has no value in any row",
    ColumnKind.UNSUPPORTED: "holds values that are neither numbers, dates nor text",
}


def at_leisure() -> None:
    """There always is time."""


@dataclass(frozen=True)
class Feature:
    """A raw column that the model uses: its name, kind, and what reading it needs."""

    name: str
    kind: ColumnKind
    dtype: str
    levels: tuple[str, ...] = ()
    day_first: bool = False
    date_format: str = ""
    parts: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()

    @cached_property
    def codes(self) -> dict[str, float]:
        """The code of each level: 0 for the most frequent."""
        return {level: float(code) for code, level in enumerate(self.levels)}


@dataclass(frozen=True)
class MatrixColumn:
    """A column of the encoded matrix; `levels` is 0 for numbers, else the number of categories."""

    name: str
    source: str
    levels: int = 0


@dataclass(frozen=True)
class DroppedColumn:
    """A raw column that is not used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class FeatureSchema:
    """Features in training order; encodes any table that holds these columns, in any order."""

    features: tuple[Feature, ...]
    dropped: tuple[DroppedColumn, ...] = ()
    matrix_columns: tuple[MatrixColumn, ...] = field(default=(), repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that a row to predict must have."""
        return tuple(feature.name for feature in self.features)

    def encode(
        self, table: pd.DataFrame, require_time: Callable[[], None] = at_leisure
    ) -> FloatArray:
        """Matrix of shape (n, len(matrix_columns)); NaN is missing, unknown categories included.

        Raises SchemaMismatchError when a column is missing or holds another type. Further columns
        are ignored.
        """
        by_name = {str(name): name for name in table.columns}
        missing = [name for name in self.names if name not in by_name]
        if missing:
            raise SchemaMismatchError(
                f"These columns are missing: {', '.join(missing)}. Send every column that the "
                "model was trained on; use null where a value is not known."
            )
        matrix = np.empty((len(table), len(self.matrix_columns)))
        start = 0
        for feature in self.features:
            require_time()
            block = _encode(feature, _only(table[by_name[feature.name]], feature.name))
            matrix[:, start : start + block.shape[1]] = block
            start += block.shape[1]
        return matrix


def learn_schema(
    table: pd.DataFrame, require_time: Callable[[], None] = at_leisure
) -> FeatureSchema:
    """Recognise every column of a training table.

    Raises InvalidFeaturesError for duplicate names, NoFeaturesError when nothing is usable.
    """
    names = [str(name) for name in table.columns]
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        raise InvalidFeaturesError(
            f"These column names come twice: {', '.join(doubled)}. Rename or drop one of each."
        )
    features, dropped = [], []
    for position, name in enumerate(names):
        require_time()
        series = as_feature(table.iloc[:, position]).rename(name)
        kind = columns.recognise(series)
        if kind in _REASONS:
            dropped.append(DroppedColumn(name, _REASONS[kind]))
        else:
            features.append(_learn_feature(name, kind, series))
    if not features:
        reasons = "; ".join(f"'{column.name}' {column.reason}" for column in dropped)
        raise NoFeaturesError(
            f"No column can be used to predict ({reasons or 'the table has none'}). "
            "Add columns that say something about each row."
        )
    return build_schema(features, dropped)


def build_schema(features: list[Feature], dropped: list[DroppedColumn]) -> FeatureSchema:
    """A schema of these features with its matrix columns worked out."""
    matrix = tuple(column for feature in features for column in _matrix_columns(feature))
    return FeatureSchema(tuple(features), tuple(dropped), matrix)


def drop_repeated(schema: FeatureSchema, matrix: FloatArray) -> tuple[FeatureSchema, FloatArray]:
    """Schema and encoded rows without the features that equal an earlier one in every row."""
    seen: dict[bytes, list[tuple[str, slice]]] = {}
    kept: list[Feature] = []
    dropped, start = list(schema.dropped), 0
    places: list[int] = []
    for feature in schema.features:
        stop = start + len(_matrix_columns(feature))
        here = slice(start, stop)
        # The first rows tell most columns apart; only what agrees on them is compared.
        alike = seen.setdefault(matrix[:_FIRST_ROWS, here].tobytes(), [])
        same = next((name for name, there in alike if _equal(matrix, here, there)), None)
        if same is not None:
            dropped.append(DroppedColumn(feature.name, f"equals '{same}' in every row"))
        else:
            alike.append((feature.name, here))
            kept.append(feature)
            places.extend(range(start, stop))
        start = stop
    if len(kept) == len(schema.features):
        return schema, matrix
    return build_schema(kept, dropped), matrix[:, np.array(places)]


def _equal(matrix: FloatArray, one: slice, other: slice) -> bool:
    return np.array_equal(matrix[:, one], matrix[:, other], equal_nan=True)


def _learn_feature(name: str, kind: ColumnKind, series: pd.Series) -> Feature:
    dtype = str(series.dtype)
    if kind is ColumnKind.CATEGORY:
        counts = Counter(value for value in columns.labels(series) if value is not None)
        ordered = sorted(counts, key=lambda level: (-counts[level], level))
        return Feature(name, kind, dtype, levels=tuple(ordered[:MAX_LEVELS]))
    if kind is ColumnKind.DATE:
        day_first = columns.is_day_first(series)
        written = columns.date_format(series, day_first)
        times = columns.dates(series, day_first, written)
        varied = [part for part in _DATE_PARTS if part == "days" or _varies(times, part)]
        return Feature(
            name, kind, dtype, day_first=day_first, date_format=written, parts=tuple(varied)
        )
    if kind is ColumnKind.TEXT:
        return Feature(name, kind, dtype, vocabulary=text.choose_words(columns.labels(series)))
    return Feature(name, kind, dtype)


def _varies(times: pd.Series, part: str) -> bool:
    return bool(getattr(times.dt, part).nunique() > 1)


def _matrix_columns(feature: Feature) -> list[MatrixColumn]:
    name = feature.name
    if feature.kind is ColumnKind.CATEGORY:
        return [MatrixColumn(name, name, len(feature.levels))]
    if feature.kind is ColumnKind.DATE:
        return [MatrixColumn(f"{name}.{part}", name) for part in feature.parts]
    if feature.kind is ColumnKind.TEXT:
        parts = ("characters", "words", *(f"has {word}" for word in feature.vocabulary))
        return [MatrixColumn(f"{name}.{part}", name) for part in parts]
    return [MatrixColumn(name, name)]


def _only(found: pd.Series | pd.DataFrame, name: str) -> pd.Series:
    if isinstance(found, pd.DataFrame):
        raise SchemaMismatchError(f"Column '{name}' comes twice. Send it once.")
    return found


def _encode(feature: Feature, series: pd.Series) -> FloatArray:
    series = as_feature(series)
    if feature.kind is ColumnKind.CATEGORY:
        codes = feature.codes
        found = [codes.get(level or "", np.nan) for level in columns.labels(series)]
        return np.array(found, dtype=np.float64).reshape(-1, 1)
    if feature.kind is ColumnKind.DATE:
        return columns.date_parts(
            columns.dates(series, feature.day_first, feature.date_format), feature.parts
        )
    if feature.kind is ColumnKind.TEXT:
        return text.text_features(columns.labels(series), feature.vocabulary)
    return columns.numbers(series).reshape(-1, 1)
