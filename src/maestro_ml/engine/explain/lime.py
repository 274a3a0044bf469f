"""LIME: a linear model of the model around one row (Ribeiro, Singh and Guestrin 2016).

Around the row others are made by taking some columns from background rows. A weighted ridge regression
learns from them what it is worth that a column is as it is in the row: in the same quarter of the
numbers, or the same value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from maestro_ml.engine.explain.errors import TooFewRowsError
from maestro_ml.engine.explain.subject import FloatArray, Subject

SAMPLES = 1_000
# The width of the neighbourhood, in columns changed, by the square root of their number.
_WIDTH = 0.75
_PENALTY = 1.0
_QUARTERS = (0.25, 0.5, 0.75)

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LocalFit:
    """A linear model around one row; its weights are what each rule is worth.

    rules: for each column what its value is like, as `30 < age <= 38`. weights: (d, K). intercept,
    fit, prediction: (K,), `fit` being the weighted R squared: how far the local model can be believed.
    local_prediction: what the linear model says of the row.
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[str, ...]
    weights: FloatArray
    intercept: FloatArray
    fit: FloatArray
    prediction: FloatArray
    local_prediction: FloatArray


def fit_around(
    subject: Subject,
    row: pd.DataFrame,
    background: pd.DataFrame,
    *,
    seed: int = 0,
    samples: int = SAMPLES,
) -> LocalFit:
    """The local linear model of a single row. Raises ColumnMissingError, TooFewRowsError."""
    if len(row) != 1 or len(background) < 2:
        raise TooFewRowsError("LIME explains one row, and needs at least two to compare it with.")
    table = pd.concat([subject.take(row), subject.take(background)], ignore_index=True)
    rng, d = np.random.default_rng(seed), len(subject.columns)
    picks = rng.integers(1, len(table), size=(samples, d))
    picks[rng.random((samples, d)) < 0.5] = 0
    picks[0] = 0
    readings = [_alike(table[name]) for name in subject.columns]
    alike = np.column_stack([same[picks[:, j]] for j, (same, _) in enumerate(readings)])
    answers = subject.pool(table).predict(picks)
    changed = d - alike.sum(axis=1)
    nearness = np.exp(-changed / (_WIDTH**2 * d))
    model = Ridge(alpha=_PENALTY).fit(alike.astype(np.float64), answers, sample_weight=nearness)
    weights = np.atleast_2d(model.coef_).T.reshape(d, -1)
    intercept = np.atleast_1d(np.asarray(model.intercept_, dtype=np.float64))
    fitted = alike @ weights + intercept
    return LocalFit(
        columns=subject.columns,
        outputs=subject.outputs,
        rules=tuple(rule for _, rule in readings),
        weights=weights,
        intercept=intercept,
        fit=_explained(answers, fitted, nearness),
        prediction=answers[0],
        local_prediction=fitted[0],
    )


def _explained(answers: FloatArray, fitted: FloatArray, nearness: FloatArray) -> FloatArray:
    """Weighted R squared of each output; 0 where the model says the same of all rows."""
    scores = r2_score(answers, fitted, sample_weight=nearness, multioutput="raw_values")
    constant = np.ptp(answers, axis=0) == 0
    return np.where(constant, 0.0, np.asarray(scores, dtype=np.float64))


def _alike(series: pd.Series) -> tuple[BoolArray, str]:
    """Which values of a column are like its first one, and how that is said."""
    name, value = str(series.name), series.iloc[0]
    if pd.isna(value):
        return series.isna().to_numpy(dtype=bool), f"{name} is missing"
    dtype = series.dtype
    if types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype) and series.nunique() > 4:
        return _same_quarter(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    return (series == value).fillna(False).to_numpy(dtype=bool), f"{name} = {value}"


def _same_quarter(name: str, values: FloatArray) -> tuple[BoolArray, str]:
    edges = np.unique(np.nanquantile(values[1:], _QUARTERS))
    place = np.searchsorted(edges, values)
    known = ~np.isnan(values)
    low = "" if place[0] == 0 else f"{edges[place[0] - 1]:.6g} < "
    high = "" if place[0] == len(edges) else f" <= {edges[place[0]]:.6g}"
    return known & (place == place[0]), f"{low}{name}{high}"
