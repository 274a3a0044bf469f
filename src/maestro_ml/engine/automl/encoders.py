"""Fits the encoded table to what a model family can read; learned on training rows only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from maestro_ml.engine.automl.exact_values import ExactValues, find_exact_values
from maestro_ml.engine.automl.problem import IntArray
from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.target_encoding import TargetEncoding, fit_apply_encoding
from maestro_ml.engine.automl.tasks import FloatArray, Task

_MAX_ENCODED_CLASSES = 10
_CLIP = 6.0
_KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)
# What has no more values than this is a code or a count: bending or ranking it gains nothing.
_FEW_VALUES = 10
_MOST_QUANTILES = 200
_TAIL = 1e-3


class Encoder(Protocol):
    """A learned transformation of matrix rows; NaN means missing on the way in."""

    def apply(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Rows as the model reads them."""
        ...


@dataclass
class TreeEncoder:
    """Keeps numbers and small categories, target-encodes categories with more levels.

    With `one_hot` small categories of 3 levels or more become 0/1 columns; else `category_columns`
    lists where their codes are, for families that split categories themselves. `exact_values` adds
    target means and counts of numbers that come back exactly.
    """

    native_levels: int
    one_hot: bool
    exact_values: bool = False
    kept: IntArray = field(init=False)
    hot_columns: IntArray = field(init=False)
    hot_levels: FloatArray = field(init=False)
    encoded: list[tuple[int, TargetEncoding]] = field(init=False)
    exact: list[tuple[ExactValues, TargetEncoding]] = field(init=False)
    category_columns: list[int] = field(init=False)

    def fit_apply(
        self,
        X: FloatArray,  # noqa: N803
        y: FloatArray,
        columns: Sequence[MatrixColumn],
        task: Task,
        seed: int,
    ) -> FloatArray:
        """Learn from training rows and return them encoded, each without its own target."""
        many = [i for i, c in enumerate(columns) if c.levels > self.native_levels]
        few = [i for i, c in enumerate(columns) if 2 < c.levels <= self.native_levels]
        hot = [(i, level) for i in few if self.one_hot for level in range(columns[i].levels)]
        self.hot_columns = np.array([i for i, _ in hot], dtype=np.int64)
        self.hot_levels = np.array([level for _, level in hot], dtype=np.float64)
        gone = {*many, *self.hot_columns.tolist()}
        self.kept = np.array([i for i in range(len(columns)) if i not in gone], dtype=np.int64)
        self.category_columns = [
            position for position, i in enumerate(self.kept) if columns[i].levels > 2
        ]
        blocks = [X[:, self.kept], self._one_hot(X)]
        self.encoded = []
        outputs = target_outputs(y, task)
        for i in many:
            encoding, rows = fit_apply_encoding(X[:, i], outputs, columns[i].levels, seed)
            self.encoded.append((i, encoding))
            blocks.append(rows)
        self.exact = []
        for exact in find_exact_values(X, columns) if self.exact_values else []:
            encoding, rows = fit_apply_encoding(exact.codes(X), outputs, len(exact.values), seed)
            self.exact.append((exact, encoding))
            blocks.append(rows)
        return np.hstack(blocks)

    def apply(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Rows as the model reads them; NaN stays where a number is missing."""
        if not len(self.hot_columns) and not self.encoded and not self.exact:
            return X if len(self.kept) == X.shape[1] else X[:, self.kept]
        blocks = [X[:, self.kept], self._one_hot(X)]
        blocks += [encoding.apply(X[:, i]) for i, encoding in self.encoded]
        blocks += [encoding.apply(exact.codes(X)) for exact, encoding in self.exact]
        return np.hstack(blocks)

    def _one_hot(self, X: FloatArray) -> FloatArray:  # noqa: N803
        return np.equal(X[:, self.hot_columns], self.hot_levels).astype(np.float64)


@dataclass
class DenseEncoder:
    """No missing values, unit scale: for linear models, neighbours, kernels and networks.

    Missing numbers get the median and a 0/1 column; categories become 0/1 columns or target means;
    `hinges` adds max(0, x - quantile) columns so that a linear model can bend, `ranked` replaces
    numbers by the normal scores of their ranks, so that long tails do not drown the rest.
    """

    hinges: bool = False
    ranked: bool = False
    tree: TreeEncoder = field(init=False)
    medians: FloatArray = field(init=False)
    missing: IntArray = field(init=False)
    bent: IntArray = field(init=False)
    knots: FloatArray = field(init=False)
    ranks: dict[int, tuple[FloatArray, FloatArray]] = field(init=False)
    centre: FloatArray = field(init=False)
    scale: FloatArray = field(init=False)

    def fit_apply(
        self,
        X: FloatArray,  # noqa: N803
        y: FloatArray,
        columns: Sequence[MatrixColumn],
        task: Task,
        seed: int,
    ) -> FloatArray:
        """Learn from training rows and return them encoded."""
        self.tree = TreeEncoder(native_levels=30, one_hot=True)
        rows = self.tree.fit_apply(X, y, columns, task, seed)
        gone = np.isnan(rows)
        self.missing = np.flatnonzero(gone.any(axis=0))
        filled = np.where(gone.all(axis=0), 0.0, rows)
        self.medians = np.nanmedian(filled, axis=0)
        filled = np.where(np.isnan(filled), self.medians, filled)
        wide = [i for i in range(rows.shape[1]) if len(np.unique(filled[:1000, i])) > _FEW_VALUES]
        self.ranks = {i: _normal_scores(filled[:, i]) for i in wide if self.ranked}
        self.bent = np.array(wide if self.hinges else [], dtype=np.int64)
        self.knots = np.quantile(filled[:, self.bent], _KNOTS, axis=0)
        widened = self._widen(filled, gone)
        self.centre = widened.mean(axis=0)
        spread = widened.std(axis=0)
        self.scale = np.where(spread > 1e-12, spread, 1.0)
        return self._standardise(widened)

    def apply(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Rows as the model reads them: finite, at most 6 standard deviations from the mean."""
        rows = self.tree.apply(X)
        gone = np.isnan(rows)
        return self._standardise(self._widen(np.where(gone, self.medians, rows), gone))

    def _widen(self, rows: FloatArray, gone: npt.NDArray[np.bool_]) -> FloatArray:
        blocks = [rows]
        if len(self.bent):
            blocks += [np.maximum(0.0, rows[:, self.bent] - knot) for knot in self.knots]
        for i, (values, scores) in self.ranks.items():
            rows[:, i] = np.interp(rows[:, i], values, scores)
        if len(self.missing):
            blocks.append(gone[:, self.missing].astype(np.float64))
        return np.hstack(blocks)

    def _standardise(self, rows: FloatArray) -> FloatArray:
        return np.asarray(np.clip((rows - self.centre) / self.scale, -_CLIP, _CLIP))


def _normal_scores(column: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Some values of a column in their order, and what each becomes."""
    shares = np.linspace(0.0, 1.0, min(_MOST_QUANTILES, len(column)))
    scores = ndtri(np.clip(shares, _TAIL, 1.0 - _TAIL))
    values, place = np.unique(np.quantile(column, shares), return_inverse=True)
    return values, np.bincount(place, weights=scores) / np.bincount(place)


def target_outputs(y: FloatArray, task: Task) -> FloatArray:
    """What target encoding averages, shape (n, T): the number, or 0/1 for each further class."""
    if task is not Task.MULTICLASS:
        return y.reshape(-1, 1)
    # Beyond ten classes the columns would outnumber what they tell: the frequent ones stand in.
    frequent = np.argsort(-np.bincount(y.astype(np.int64)), kind="stable")[:_MAX_ENCODED_CLASSES]
    return np.equal(y[:, None], frequent[None, :]).astype(np.float64)
