"""How a model does for groups of rows: a metric per group with its N and a 95 % interval.

Shares have Wilson's interval, means the percentiles of a seeded bootstrap. A group too small for
either gets no figure rather than a wrong one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from fairlearn.metrics import MetricFrame
from pandas.api import types

from maestro_ml.engine.explain.subject import FloatArray

FEWEST = 30
_MOST_GROUPS = 12
_RESAMPLES = 1_000
_Z = 1.959963984540054

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Figure:
    """A metric over `count` rows; without value and interval where they are fewer than 30."""

    count: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SliceMetric:
    """A metric overall and for each group of a column; `difference`: largest less smallest group."""

    column: str
    metric: str
    overall: Figure
    groups: dict[str, Figure]
    difference: float | None


@dataclass(frozen=True)
class Outcomes:
    """True and said outcomes (n,): class names, or numbers; `positive` is the class that matters."""

    truth: npt.NDArray[Any]
    said: npt.NDArray[Any]
    classes: tuple[str, ...] | None = None

    @property
    def positive(self) -> str | None:
        """The second of two classes."""
        return self.classes[1] if self.classes is not None and len(self.classes) == 2 else None


def groups_of(series: pd.Series) -> pd.Series | None:
    """A column as groups: its values if there are 2 to 12, quarters of numbers; None if neither."""
    known = series.nunique(dropna=True)
    if 2 <= known <= _MOST_GROUPS:
        return series.astype(object).where(series.notna(), "missing").map(_name)
    dtype = series.dtype
    if not types.is_numeric_dtype(dtype) or types.is_bool_dtype(dtype) or known < _MOST_GROUPS:
        return None
    edges: FloatArray = np.unique(series.quantile([0.25, 0.5, 0.75]).to_numpy(dtype=np.float64))
    place = np.searchsorted(edges, series.to_numpy(dtype=np.float64, na_value=np.nan))
    names = [_quarter(edges, i) for i in range(len(edges) + 1)]
    said = ["missing" if gone else names[i] for i, gone in zip(place, series.isna(), strict=True)]
    return pd.Series(said, index=series.index, name=series.name)


def slice_metrics(outcomes: Outcomes, groups: pd.Series, *, seed: int = 0) -> list[SliceMetric]:
    """Every metric that fits the outcomes, for each group of rows."""
    labels = groups.to_numpy(dtype=object)
    found = []
    for name, (asked, rows) in _measures(outcomes).items():
        if not asked.any():
            continue
        share = rows.dtype == bool
        frame = MetricFrame(
            metrics={name: _shares if share else partial(_means, seed=seed)},
            y_true=rows[asked],
            y_pred=rows[asked],
            sensitive_features=labels[asked],
        )
        by_group = {str(group): figure for group, figure in frame.by_group[name].items()}
        values = [each.value for each in by_group.values() if each.value is not None]
        gap = max(values) - min(values) if len(values) > 1 else None
        found.append(SliceMetric(str(groups.name), name, frame.overall[name], by_group, gap))
    return found


def _measures(outcomes: Outcomes) -> dict[str, tuple[BoolArray, npt.NDArray[Any]]]:
    """For each metric the rows it asks about, and what it averages over them."""
    truth, said, positive = outcomes.truth, outcomes.said, outcomes.positive
    every = np.ones(len(truth), dtype=bool)
    if outcomes.classes is None:
        errors = said.astype(np.float64) - truth.astype(np.float64)
        return {"mean_absolute_error": (every, np.abs(errors)), "mean_error": (every, errors)}
    measures = {"accuracy": (every, truth == said)}
    if positive is not None:
        chosen, so = said == positive, truth == positive
        measures |= {
            "selection_rate": (every, chosen),
            "recall": (so, chosen),
            "false_positive_rate": (~so, chosen),
            "precision": (chosen, so),
        }
    return measures


def _shares(rows: npt.NDArray[Any], _: npt.NDArray[Any]) -> Figure:
    """The share of hits, with Wilson's interval."""
    n = len(rows)
    if n < FEWEST:
        return Figure(n, None, None, None)
    share = float(np.mean(rows))
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    return Figure(n, share, max(0.0, middle - half), min(1.0, middle + half))


def _means(rows: npt.NDArray[Any], _: npt.NDArray[Any], *, seed: int) -> Figure:
    """The mean, with the percentiles of bootstrapped means."""
    n = len(rows)
    if n < FEWEST:
        return Figure(n, None, None, None)
    rng = np.random.default_rng(seed)
    means = [float(rows[rng.integers(0, n, n)].mean()) for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, (0.025, 0.975))
    return Figure(n, float(rows.mean()), float(low), float(high))


def _name(value: object) -> str:
    return str(value)


def _quarter(edges: FloatArray, place: int) -> str:
    if place == 0:
        return f"<= {edges[0]:.6g}"
    if place == len(edges):
        return f"> {edges[-1]:.6g}"
    return f"{edges[place - 1]:.6g} to {edges[place]:.6g}"
