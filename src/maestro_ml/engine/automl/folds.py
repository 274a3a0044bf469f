"""How rows are split for validation: seeded, stratified by class, repeated when rows are few."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import (
    GroupKFold,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
)

from maestro_ml.engine.automl.errors import InvalidSplitError
from maestro_ml.engine.automl.problem import Fold, IntArray
from maestro_ml.engine.automl.splits import GroupSplit, Split, TimeSplit, group_codes, time_ranks
from maestro_ml.engine.automl.tasks import Target

# Work (rows x columns x classes) for each second of the budget up to which so many fits of a
# configuration are affordable; beyond it, one held-back part of so many rows is precise enough.
_AFFORDABLE = ((500, 8), (30_000, 5), (80_000, 3))
_REPEATED_ROWS = 300
# One held-back part is a fifth of the rows, and no more than are precise enough: the rest is learned from.
_HELD_BACK, _LEAST_HELD_BACK, _PRECISE_ROWS = 0.2, 0.05, 10_000
# What a first model is trained on in a few seconds of a budget, and never fewer rows than these.
_CELLS_PER_SECOND, _FEWEST_THINNED, _ROWS_PER_CLASS = 500_000, 5_000, 25
# The latest rows, which a split by time validates block by block.
_VALIDATED_TIME = 0.4

_Pairs = Iterable[tuple[IntArray, IntArray]]


def make_folds(
    target: Target,
    n_columns: int,
    seed: int,
    budget: float,
    split: Split | None = None,
    by: pd.Series | None = None,
) -> tuple[Fold, ...]:
    """Eight folds, five, three or one as the table grows against the budget (seconds).

    Below 300 rows the folds are drawn twice. Classes with fewer rows than folds lower the
    number of folds to their size (2 at least). Of a table that is great against the budget a sample
    of the rows is trained on. `by` holds the values of the split's column (n,).
    Raises InvalidSplitError when they do not allow an honest validation.
    """
    count = _affordable(target, n_columns, budget)
    most = _most_rows(target, n_columns, budget)

    def fold(train: IntArray, valid: IntArray) -> Fold:
        return Fold(_thinned(train, most, target, seed), valid)

    if split is None or by is None:
        return tuple(fold(train, valid) for train, valid in _random(target, count, seed))
    pairs: _Pairs
    if isinstance(split, GroupSplit):
        pairs = _by_group(target, count, seed, group_codes(by))
    else:
        pairs = _by_time(count, time_ranks(by))
    folds = tuple(fold(train, valid) for train, valid in pairs if _tells(target, train, valid))
    if not folds:
        raise InvalidSplitError(_why_not(split))
    return folds


def _affordable(target: Target, n_columns: int, budget: float) -> int:
    classes = target.n_classes if target.n_classes > 2 else 1
    work = len(target.values) * n_columns * classes / budget
    return next((folds for most, folds in _AFFORDABLE if work <= most), 1)


def _most_rows(target: Target, n_columns: int, budget: float) -> int:
    """Rows that a model is trained on at most: more than these would leave no time for a second."""
    classes = target.n_classes if target.n_classes > 2 else 1
    affordable = int(budget * _CELLS_PER_SECOND / max(1, n_columns * classes))
    return max(affordable, _FEWEST_THINNED, _ROWS_PER_CLASS * target.n_classes)


def _thinned(train: IntArray, most: int, target: Target, seed: int) -> IntArray:
    if len(train) <= most:
        return train
    chosen = np.random.default_rng(seed).choice(train, most, replace=False)
    if target.task.is_classification:
        # A class without a row could not be predicted.
        chosen = np.union1d(chosen, train[np.unique(target.values[train], return_index=True)[1]])
    return np.sort(chosen)


def _held_back(n_rows: int) -> float:
    return min(_HELD_BACK, max(_LEAST_HELD_BACK, _PRECISE_ROWS / n_rows))


def _random(target: Target, count: int, seed: int) -> _Pairs:
    y, stratified = target.values, target.task.is_classification
    splitter: Any
    if count == 1:
        split = StratifiedShuffleSplit if stratified else ShuffleSplit
        splitter = split(n_splits=1, test_size=_held_back(len(y)), random_state=seed)
    else:
        if stratified:
            count = max(2, min(count, int(np.bincount(y.astype(np.int64)).min())))
        repeats = 2 if len(y) < _REPEATED_ROWS else 1
        kind = RepeatedStratifiedKFold if stratified else RepeatedKFold
        splitter = kind(n_splits=count, n_repeats=repeats, random_state=seed)
    pairs: _Pairs = splitter.split(np.zeros((len(y), 1)), y)
    return pairs


def _by_group(target: Target, count: int, seed: int, groups: IntArray) -> _Pairs:
    parts = min(5 if count == 1 else count, len(np.unique(groups)))
    kind = StratifiedGroupKFold if target.task.is_classification else GroupKFold
    splitter = kind(n_splits=parts, shuffle=True, random_state=seed)
    rows = np.zeros((len(target.values), 1))
    return list(splitter.split(rows, target.values, groups))[: 1 if count == 1 else parts]


def _by_time(count: int, ranks: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Blocks of the latest rows, each after the rows it is trained on; equal times stay together."""
    order = np.argsort(ranks, kind="stable")
    ordered = ranks[order]
    share = _held_back(len(ranks)) if count == 1 else _VALIDATED_TIME
    marks = np.linspace((1 - share) * len(ranks), len(ranks), count + 1).astype(np.int64)
    edges = np.unique([np.searchsorted(ordered, ordered[mark]) for mark in marks[:-1]])
    for begin, end in zip(edges, [*edges[1:], len(ranks)], strict=True):
        yield np.sort(order[:begin]), np.sort(order[begin:end])


def _tells(target: Target, train: IntArray, valid: IntArray) -> bool:
    """True when a model of these rows knows every class and can be scored on those."""
    if not target.task.is_classification:
        return len(train) > 1 and len(valid) > 1
    known, asked = np.unique(target.values[train]), np.unique(target.values[valid])
    return len(known) == target.n_classes and len(asked) > 1


def _why_not(split: Split) -> str:
    if isinstance(split, TimeSplit):
        return (
            f"Ordered by '{split.column}', no part of the rows has every class before rows of two "
            "classes. Give more rows, or leave the split out."
        )
    return (
        f"Each way to hold back groups of '{split.column}' takes away all rows of a class. "
        "Choose a column whose groups hold several classes, or leave the split out."
    )
