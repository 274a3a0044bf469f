"""How rows are split for validation: seeded, stratified by class, repeated when rows are few."""

import numpy as np
from sklearn.model_selection import (
    RepeatedKFold,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedShuffleSplit,
)

from maestro_ml.engine.automl.problem import Fold
from maestro_ml.engine.automl.tasks import FloatArray, Task

# Above this many cells one held-back part of the rows is precise enough, and affordable.
_HOLDOUT_CELLS = 20_000_000
_THREE_FOLD_ROWS = 20_000


def make_folds(y: FloatArray, n_columns: int, task: Task, seed: int) -> tuple[Fold, ...]:
    """Folds for n rows: 5 x 3 below 300 rows, 5, 3 from 20,000 rows, one from 20 million cells.

    Classes with fewer than 5 rows lower the number of folds to their size (2 at least).
    """
    n_rows = len(y)
    stratified = task.is_classification
    if n_rows * n_columns > _HOLDOUT_CELLS:
        split = StratifiedShuffleSplit if stratified else ShuffleSplit
        splitter = split(n_splits=1, test_size=0.2, random_state=seed)
    else:
        folds = 3 if n_rows >= _THREE_FOLD_ROWS else 5
        if stratified:
            folds = max(2, min(folds, int(np.bincount(y.astype(np.int64)).min())))
        repeats = 3 if n_rows < 300 else 1
        kind = RepeatedStratifiedKFold if stratified else RepeatedKFold
        splitter = kind(n_splits=folds, n_repeats=repeats, random_state=seed)
    rows = np.zeros((n_rows, 1))
    return tuple(Fold(train, valid) for train, valid in splitter.split(rows, y))
