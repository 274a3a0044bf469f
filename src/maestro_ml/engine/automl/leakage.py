"""Finds features that give the target away: a copy of it, or a code for it."""

import numpy as np

from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.tasks import FloatArray

_MIN_ROWS = 30
_NEARLY_ONE = 0.9999


def leakage_warnings(problem: Problem) -> list[str]:
    """One sentence for each column that alone tells the target of all rows."""
    if len(problem.y) < _MIN_ROWS:
        return []
    return [
        f"'{column.name}' alone tells the target of every row. If it would not be known when "
        "predicting, leave it out: the scores are too good to be true."
        for position, column in enumerate(problem.columns)
        if _tells_all(problem.X[:, position], problem.y, problem.task.is_classification)
    ]


def _tells_all(feature: FloatArray, y: FloatArray, is_classification: bool) -> bool:
    known = ~np.isnan(feature)
    if known.sum() < 0.95 * len(y):
        return False
    values, target = feature[known], y[known]
    if is_classification:
        return _separates(values, target)
    if values.std() == 0.0 or target.std() == 0.0:
        return False
    return bool(abs(np.corrcoef(values, target)[0, 1]) > _NEARLY_ONE)


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
