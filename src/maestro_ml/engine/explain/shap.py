"""Shapley values of the raw columns: exact where the model is a sum, else by sampled orders.

Where columns must be removed, they take the values of background rows (interventional values). The
sampling is that of Castro et al. (2009), in pairs of an order and its reverse (Mitchell et al. 2022);
every order walks from a background row to the explained one, so the steps add up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from maestro_ml.engine.explain.errors import TooFewRowsError
from maestro_ml.engine.explain.subject import (
    FloatArray,
    IntArray,
    Method,
    Pool,
    Space,
    Subject,
)

_BATCH = 20_000
FEWEST_ORDERS, MOST_ORDERS = 4, 100


@dataclass(frozen=True)
class Attribution:
    """Contributions of d columns to K outputs of n rows: base + sum over columns = prediction.

    base: (K,), what the model says of the background on average. values: (n, d, K). predictions:
    (n, K), in `space`. errors: standard errors of values, None where they are exact.
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    space: Space
    method: Method
    base: FloatArray
    values: FloatArray
    predictions: FloatArray
    errors: FloatArray | None
    background_rows: int

    @property
    def importances(self) -> FloatArray:
        """Mean absolute contribution of each column to each output, (d, K)."""
        mean: FloatArray = np.abs(self.values).mean(axis=0)
        return mean


def explain_rows(
    subject: Subject,
    rows: pd.DataFrame,
    background: pd.DataFrame,
    *,
    seed: int = 0,
    evaluations: int = 200_000,
) -> Attribution:
    """Shapley values of `rows`, compared with `background`.

    evaluations: about how many predictions sampling may ask for; the same seed gives the same values.
    Raises ColumnMissingError, TooFewRowsError.
    """
    if len(rows) == 0 or len(background) == 0:
        raise TooFewRowsError("There are no rows to explain, or none to compare them with.")
    rows, background = subject.take(rows), subject.take(background)
    if subject.additive is not None:
        found = subject.additive.of(rows, background)
        return Attribution(
            subject.columns,
            subject.outputs,
            subject.additive.space,
            subject.additive.method,
            found.base,
            found.values,
            found.base + found.values.sum(axis=1),
            None,
            len(background),
        )
    return _sampled(subject, rows, background, np.random.default_rng(seed), evaluations)


def _sampled(
    subject: Subject,
    rows: pd.DataFrame,
    background: pd.DataFrame,
    rng: np.random.Generator,
    evaluations: int,
) -> Attribution:
    n, d = len(rows), len(subject.columns)
    steps_of_one = 2 * max(d - 1, 1)
    most = min(MOST_ORDERS, max(FEWEST_ORDERS, _BATCH // steps_of_one))
    wanted = int(np.clip(evaluations // (n * steps_of_one), FEWEST_ORDERS, most))
    orders = min(wanted, len(background))
    pool = subject.pool(pd.concat([rows, background], ignore_index=True))
    others = n + rng.choice(len(background), size=orders, replace=False)
    own = np.arange(n, dtype=np.int64)
    predictions, away = _whole(pool, own, d), _whole(pool, others, d)
    step = max(1, _BATCH // (orders * steps_of_one))
    parts = [
        _walk(pool, own[i : i + step], others, predictions[i : i + step], away, d, rng)
        for i in range(0, n, step)
    ]
    steps = np.concatenate(parts)  # (n, orders, d, K)
    spread = steps.std(axis=1, ddof=1) if orders > 1 else np.full(steps[:, 0].shape, np.nan)
    return Attribution(
        subject.columns,
        subject.outputs,
        subject.space,
        Method.PERMUTATION,
        away.mean(axis=0),
        steps.mean(axis=1),
        predictions,
        spread / np.sqrt(orders),
        orders,
    )


def _whole(pool: Pool, rows: IntArray, d: int) -> FloatArray:
    return pool.predict(np.repeat(rows[:, None], d, axis=1))


def _walk(
    pool: Pool,
    rows: IntArray,
    others: IntArray,
    predictions: FloatArray,
    away: FloatArray,
    d: int,
    rng: np.random.Generator,
) -> FloatArray:
    """What each column adds on the way from each background row to each row, (n, orders, d, K).

    One order of the columns for each pair of rows, walked as it is and reversed.
    """
    n, b = len(rows), len(others)
    rank = rng.permuted(np.tile(np.arange(d), (n, b, 1)), axis=2)
    both = np.stack([rank, d - 1 - rank], axis=2)  # (n, b, 2, d)
    taken: npt.NDArray[np.bool_] = both[:, :, :, None, :] < np.arange(1, d)[:, None]
    picks = np.where(taken, rows[:, None, None, None, None], others[None, :, None, None, None])
    path = np.empty((n, b, 2, d + 1, predictions.shape[1]))
    path[:, :, :, 0] = away[None, :, None]
    path[:, :, :, d] = predictions[:, None, None]
    if d > 1:
        inner = pool.predict(picks.reshape(-1, d))
        path[:, :, :, 1:d] = inner.reshape(n, b, 2, d - 1, -1)
    gains = np.diff(path, axis=3)  # (n, b, 2, d, K), in the order of the walk
    mean: FloatArray = np.take_along_axis(gains, both[..., None], axis=3).mean(axis=2)
    return mean
