"""How the values of an ordered column lie: quantiles, histogram, skewness."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from maestro_ml.engine.profile.figures import Histogram, Quantiles

MAX_BINS = 30
_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]


@dataclass(frozen=True, slots=True)
class Spread:
    """What `spread` finds; all None where there is no finite value."""

    quantiles: Quantiles | None = None
    histogram: Histogram | None = None
    skewness: float | None = None


def spread(values: pa.Array, scale: float) -> Spread:
    """Describes numbers, dates or timestamps without nulls; histogram counts are multiplied by `scale`.

    Quantiles interpolate linearly between neighbours, as pandas and numpy do.
    """
    numbers = _as_floats(values)
    numbers = numbers.filter(pc.is_finite(numbers))
    if not len(numbers):
        return Spread()
    quantiles = pc.quantile(numbers, q=_LEVELS).to_pylist()
    skewness = pc.skew(numbers).as_py()
    return Spread(
        quantiles=Quantiles(*_shown(quantiles, values.type)),
        histogram=_histogram(numbers, scale, values.type),
        skewness=skewness if skewness is not None and math.isfinite(skewness) else None,
    )


def _as_floats(values: pa.Array) -> pa.Array:
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return values.cast(pa.float64(), safe=False)


def _shown(numbers: list[float], type_: pa.DataType) -> list[float | str]:
    """Numbers as they are; positions on the time axis as ISO 8601."""
    if pa.types.is_floating(type_) or pa.types.is_integer(type_):
        return list(numbers)
    storage = pa.int32() if pa.types.is_date32(type_) else pa.int64()
    moments = pa.array([round(n) for n in numbers], storage).cast(type_)
    return [moment.as_py().isoformat() for moment in moments]


def _histogram(numbers: pa.Array, scale: float, type_: pa.DataType) -> Histogram | None:
    ends = pc.min_max(numbers)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    whole = not pa.types.is_floating(type_)
    if whole:
        high += 1  # so that a column of few whole numbers gets a bin for each
    width = high - low
    if not math.isfinite(width):
        return None
    bins = _bins(len(numbers), width, whole=whole)
    if width == 0:
        return Histogram(_shown([low, high], type_), [round(len(numbers) * scale)])
    positions = pc.multiply(pc.divide(pc.subtract(numbers, low), width), float(bins))
    slots = pc.min_element_wise(pc.floor(positions), float(bins - 1)).cast(pa.int64())
    counted = pc.value_counts(slots)
    counts = [0] * bins
    for slot, count in zip(counted.field("values"), counted.field("counts"), strict=True):
        counts[slot.as_py()] = round(count.as_py() * scale)
    edges = [low + width * i / bins for i in range(bins)] + [high]
    return Histogram(_shown(edges, type_), counts)


def _bins(count: int, width: float, *, whole: bool) -> int:
    """The square root of the count, at most 30; no more than there are whole numbers."""
    bins = min(MAX_BINS, math.ceil(math.sqrt(count)))
    return max(1, min(bins, int(width))) if whole else bins
