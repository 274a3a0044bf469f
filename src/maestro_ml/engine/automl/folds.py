"""How rows are split for validation: seeded, stratified by class, repeated when rows are few."""

from typing import Any

import numpy as np
from sklearn.model_selection import (
    RepeatedKFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedShuffleSplit,
)

from maestro_ml.engine.automl.problem import Fold
from maestro_ml.engine.automl.tasks import Target

# Work (rows x columns x classes) for each second of the budget up to which five and three fits of
# a configuration are affordable; beyond it, one held-back part of so many rows is precise enough.
_FIVE_FOLD_WORK = 10_000
_THREE_FOLD_WORK = 50_000
_REPEATED_ROWS = 300


def make_folds(target: Target, n_columns: int, seed: int, budget: float) -> tuple[Fold, ...]:
    """Five folds, three or one as the table grows against the budget (seconds).

    Below 300 rows the folds are drawn three times. Classes with fewer rows than folds lower the
    number of folds to their size (2 at least).
    """
    y, stratified = target.values, target.task.is_classification
    classes = target.n_classes if target.n_classes > 2 else 1
    work = len(y) * n_columns * classes / budget
    splitter: Any
    if work > _THREE_FOLD_WORK:
        split = StratifiedShuffleSplit if stratified else ShuffleSplit
        splitter = split(n_splits=1, test_size=0.2, random_state=seed)
    else:
        folds = 3 if work > _FIVE_FOLD_WORK else 5
        if stratified:
            folds = max(2, min(folds, int(np.bincount(y.astype(np.int64)).min())))
        repeats = 3 if len(y) < _REPEATED_ROWS else 1
        kind = RepeatedStratifiedKFold if stratified else RepeatedKFold
        splitter = kind(n_splits=folds, n_repeats=repeats, random_state=seed)
    rows = np.zeros((len(y), 1))
    return tuple(Fold(train, valid) for train, valid in splitter.split(rows, y))
