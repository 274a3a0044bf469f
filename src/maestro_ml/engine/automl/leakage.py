"""Finds features that give the target away: a copy of it, or a code for it."""

import numpy as np

from maestro_ml.engine.automl.problem import IntArray, Problem
from maestro_ml.engine.automl.tasks import FloatArray

_MIN_ROWS = 30
_NEARLY_ONE = 0.9999
_SAMPLE = 2_000


def leakage_warnings(problem: Problem) -> list[str]:
    """One sentence for each column that alone tells the target of all rows."""
    if len(problem.y) < _MIN_ROWS:
        return []
    few = _sample(problem)
    return [
        f"'{column.name}' alone tells the target of every row. If it would not be known when "
        "predicting, leave it out: the scores are too good to be true."
        for position, column in enumerate(problem.columns)
        if _may_tell(problem.X[few, position], problem.y[few], problem.task.is_classification)
        and _tells_all(problem.X[:, position], problem.y, problem.task.is_classification)
    ]


def _sample(problem: Problem) -> IntArray:
    n_rows = len(problem.y)
    return np.unique(np.linspace(0, n_rows - 1, min(n_rows, _SAMPLE)).astype(np.int64))


def _may_tell(feature: FloatArray, y: FloatArray, is_classification: bool) -> bool:
    """False when some of the rows already show that the feature does not tell the target.

    Most columns end here: sorting all rows of each would take longer than reading the table.
    """
    known = ~np.isnan(feature)
    if known.sum() < 0.9 * len(y):
        return False
    values, target = feature[known], y[known]
    if not is_classification:
        return _correlation(values, target) > _NEARLY_ONE - 0.01
    order = np.lexsort((target, values))
    ordered, classes = values[order], target[order]
    changes = classes[1:] != classes[:-1]
    same_value = ordered[1:] == ordered[:-1]
    if bool(np.any(same_value & changes)):
        return False
    # Where hardly any value comes back there are no levels that could be a code.
    is_code = int(same_value.sum()) > len(ordered) // 50
    return is_code or int(changes.sum()) + 1 == len(np.unique(classes))


def _tells_all(feature: FloatArray, y: FloatArray, is_classification: bool) -> bool:
    known = ~np.isnan(feature)
    if known.sum() < 0.95 * len(y):
        return False
    values, target = feature[known], y[known]
    if is_classification:
        return _separates(values, target)
    return _correlation(values, target) > _NEARLY_ONE


def _correlation(values: FloatArray, target: FloatArray) -> float:
    if len(values) < 2 or values.std() == 0.0 or target.std() == 0.0:
        return 0.0
    return float(abs(np.corrcoef(values, target)[0, 1]))


def _separates(values: FloatArray, target: FloatArray) -> bool:
    """True when sorting by the value sorts the classes: as many runs of one class as classes."""
    order = np.lexsort((target, values))
    ordered, classes = values[order], target[order]
    same_value = ordered[1:] == ordered[:-1]
    changes = classes[1:] != classes[:-1]
    if bool(np.any(same_value & changes)):
        return False
    # Each level of a code may have its class; a measured number must fall into one run a class.
    levels = len(np.unique(ordered))
    return levels <= len(ordered) // 10 or int(changes.sum()) + 1 == len(np.unique(classes))
