"""Permutation importance: how much worse the model scores when a column's values are shuffled.

It looks at what the model is worth, where contributions look at what it says (Breiman 2001).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from maestro_ml.engine.explain.subject import FloatArray, Subject

Score = Callable[[FloatArray], float]
"""Greater is better; given the outputs (n, K) of all rows."""


@dataclass(frozen=True)
class ShuffleLoss:
    """Loss of score of each column: mean and standard deviation over the shuffles, (d,) each."""

    columns: tuple[str, ...]
    mean: FloatArray
    deviation: FloatArray
    score: float


def permutation_importance(
    subject: Subject, table: pd.DataFrame, score: Score, *, seed: int = 0, repeats: int = 5
) -> ShuffleLoss:
    """Shuffle each raw column of `table` `repeats` times. Raises ColumnMissingError."""
    rng, d = np.random.default_rng(seed), len(subject.columns)
    pool = subject.pool(table)
    whole = np.repeat(np.arange(len(table))[:, None], d, axis=1)
    best = score(pool.predict(whole))
    losses = np.empty((d, repeats))
    for column in range(d):
        for repeat in range(repeats):
            picks = whole.copy()
            picks[:, column] = rng.permutation(len(table))
            losses[column, repeat] = best - score(pool.predict(picks))
    return ShuffleLoss(subject.columns, losses.mean(axis=1), losses.std(axis=1), best)
