"""Replaces a category with many levels by what the target was for its rows, without leakage."""

from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl.problem import IntArray
from maestro_ml.engine.automl.tasks import FloatArray

_SMOOTHING = 10.0
_INNER_FOLDS = 5


@dataclass(frozen=True)
class TargetEncoding:
    """Smoothed target means (levels + 1, outputs) and log counts of each level of one column.

    The last row stands for missing and unknown levels.
    """

    means: FloatArray
    counts: FloatArray

    def apply(self, codes: FloatArray) -> FloatArray:
        """Shape (n, outputs + 1) for codes (n,) with NaN for missing."""
        rows = _rows(codes, len(self.counts) - 1)
        return np.column_stack([self.means[rows], self.counts[rows]])


def fit_encoding(codes: FloatArray, outputs: FloatArray, levels: int) -> TargetEncoding:
    """Encoding learned from all given rows; outputs has shape (n, T)."""
    rows = _rows(codes, levels)
    counts = np.bincount(rows, minlength=levels + 1).astype(np.float64)
    prior = outputs.mean(axis=0)
    sums = np.column_stack(
        [np.bincount(rows, weights=column, minlength=levels + 1) for column in outputs.T]
    )
    means = (sums + _SMOOTHING * prior) / (counts[:, None] + _SMOOTHING)
    return TargetEncoding(means, np.log1p(counts))


def fit_apply_encoding(
    codes: FloatArray, outputs: FloatArray, levels: int, seed: int
) -> tuple[TargetEncoding, FloatArray]:
    """The encoding, and the training rows encoded each from the other folds' targets only."""
    encoding = fit_encoding(codes, outputs, levels)
    encoded = encoding.apply(codes)
    part = np.random.default_rng(seed).permutation(len(codes)) % _INNER_FOLDS
    for fold in range(_INNER_FOLDS):
        inside = part == fold
        if inside.all() or not inside.any():
            continue
        other = fit_encoding(codes[~inside], outputs[~inside], levels)
        encoded[inside, :-1] = other.means[_rows(codes[inside], levels)]
    return encoding, encoded


def _rows(codes: FloatArray, levels: int) -> IntArray:
    return np.where(np.isnan(codes), levels, codes).astype(np.int64)
