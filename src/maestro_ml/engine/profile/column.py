"""The profile of one column, gathered chunk by chunk in bounded memory."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from maestro_ml.engine.profile.cardinality import DistinctEstimate
from maestro_ml.engine.profile.figures import ColumnProfile, Scalar, TextLength, TopValue
from maestro_ml.engine.profile.frequencies import Frequencies
from maestro_ml.engine.profile.moments import Moments
from maestro_ml.engine.profile.sample import MAX_VALUES, Sample
from maestro_ml.engine.profile.spread import Spread, spread

TOP_VALUES = 10
TEXT_SHOWN = 120
_TEXT_MEAN_LENGTH = 50
_CATEGORIES_ALWAYS = 20
_CATEGORIES_AT_MOST = 1000
_CATEGORIES_SHARE = 0.05
_SAMPLED_TEXTS = MAX_VALUES // 4


class ColumnProfiler:
    """Takes a column of int64, float64, bool, date32, timestamp or string, chunk after chunk."""

    def __init__(self, name: str, type_: pa.DataType) -> None:
        self._name = name
        self._type = type_
        self._rows = 0
        self._count = 0
        self._infinite = 0
        self._characters = 0
        self._shortest: int | None = None
        self._longest = 0
        self._min: pa.Scalar | None = None
        self._max: pa.Scalar | None = None
        self._moments = Moments()
        self._frequencies = Frequencies(type_)
        self._distinct: DistinctEstimate | None = None
        self._sample = Sample(type_, _SAMPLED_TEXTS if pa.types.is_string(type_) else MAX_VALUES)

    def add(self, chunk: pa.Array) -> None:
        """Takes the next rows of the column."""
        values = chunk.drop_null()
        self._rows += len(chunk)
        self._count += len(values)
        if not len(values):
            return
        self._add_occurrences(values)
        self._sample.add(values)
        if pa.types.is_string(self._type):
            self._add_lengths(values)
        elif not pa.types.is_boolean(self._type):
            self._add_magnitudes(values)

    def profile(self) -> ColumnProfile:
        """The figures over all rows taken."""
        exact = self._distinct is None
        kept = self._sample.values()
        shown = Spread() if self._has_no_order() else spread(kept, 1 / self._sample.rate)
        distinct = (
            len(self._frequencies.distinct()) if self._distinct is None else self._distinct.value()
        )
        distinct = min(distinct, self._count)
        sampled = self._sample.rate < 1 and shown.quantiles is not None
        return ColumnProfile(
            name=self._name,
            type=self._logical_type(distinct),
            count=self._count,
            missing=self._rows - self._count,
            distinct=distinct,
            distinct_exact=exact,
            top_values=self._top_values(kept),
            top_values_exact=exact or self._sample.rate == 1,
            min=None if self._min is None else _plain(self._min),
            max=None if self._max is None else _plain(self._max),
            mean=self._moments.mean if self._moments.count else None,
            std=self._moments.std(),
            skewness=shown.skewness if self._is_number() else None,
            infinite=self._infinite,
            quantiles=shown.quantiles,
            histogram=shown.histogram,
            length=self._length(),
            sample_rows=len(kept) if sampled else None,
        )

    def _is_number(self) -> bool:
        return bool(pa.types.is_integer(self._type) or pa.types.is_floating(self._type))

    def _has_no_order(self) -> bool:
        return bool(pa.types.is_string(self._type) or pa.types.is_boolean(self._type))

    def _add_occurrences(self, values: pa.Array) -> None:
        if self._distinct is not None:
            self._distinct.add(values)
            return
        self._frequencies.add(values)
        if self._frequencies.overflowed:
            self._distinct = DistinctEstimate()
            self._distinct.add(self._frequencies.distinct())
            self._frequencies = Frequencies(self._type)

    def _add_lengths(self, values: pa.Array) -> None:
        lengths = pc.utf8_length(values)
        ends = pc.min_max(lengths)
        self._characters += pc.sum(lengths).as_py()
        shortest = ends["min"].as_py()
        self._shortest = shortest if self._shortest is None else min(self._shortest, shortest)
        self._longest = max(self._longest, ends["max"].as_py())

    def _add_magnitudes(self, values: pa.Array) -> None:
        if pa.types.is_floating(self._type):
            finite = values.filter(pc.is_finite(values))
            self._infinite += len(values) - len(finite)
            values = finite
        if not len(values):
            return
        ends = pc.min_max(values)
        if self._min is None or ends["min"].as_py() < self._min.as_py():
            self._min = ends["min"]
        if self._max is None or ends["max"].as_py() > self._max.as_py():
            self._max = ends["max"]
        if self._is_number():
            self._moments.add(values.cast(pa.float64(), safe=False))

    def _length(self) -> TextLength | None:
        if self._shortest is None:
            return None
        return TextLength(self._shortest, self._characters / self._count, self._longest)

    def _top_values(self, kept: pa.Array) -> list[TopValue]:
        if self._distinct is None:
            return [TopValue(_plain(v), n) for v, n in self._frequencies.top(TOP_VALUES)]
        sampled = Frequencies(self._type, max_distinct=len(kept))
        sampled.add(kept)
        scale = 1 / self._sample.rate
        return [TopValue(_plain(v), round(n * scale)) for v, n in sampled.top(TOP_VALUES)]

    def _logical_type(self, distinct: int) -> str:
        if pa.types.is_string(self._type):
            return self._text_type(distinct)
        names = {
            pa.int64(): "integer",
            pa.float64(): "float",
            pa.bool_(): "boolean",
            pa.date32(): "date",
        }
        return names.get(self._type, "datetime")

    def _text_type(self, distinct: int) -> str:
        share = min(_CATEGORIES_AT_MOST, int(self._count * _CATEGORIES_SHARE))
        if self._count and distinct <= max(_CATEGORIES_ALWAYS, share):
            return "categorical"
        if self._count and self._characters / self._count >= _TEXT_MEAN_LENGTH:
            return "text"
        return "string"


def _plain(scalar: pa.Scalar) -> Scalar:
    value = scalar.as_py()
    if isinstance(value, str):
        return value[:TEXT_SHOWN]
    if isinstance(value, bool | int | float):
        return value
    return str(value.isoformat())
