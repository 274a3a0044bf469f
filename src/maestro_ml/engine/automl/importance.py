"""How much each raw column matters to the final model, by shuffling its values."""

import time

import numpy as np

from maestro_ml.engine.automl.model import AutoMLModel
from maestro_ml.engine.automl.problem import Problem

_MAX_ROWS = 300


def permutation_importances(
    model: AutoMLModel, problem: Problem, deadline: float
) -> dict[str, float]:
    """Loss of score for each raw column, greatest first; empty when time runs out.

    Columns made from one raw column (the parts of a date) are shuffled together.
    """
    rng = np.random.default_rng(problem.seed)
    rows = rng.permutation(len(problem.y))[:_MAX_ROWS]
    matrix, y = problem.X[rows], problem.y[rows]
    whole = problem.metric.score(y, model.predict_encoded(matrix))
    losses: dict[str, float] = {}
    for feature in model.feature_schema.features:
        if time.monotonic() >= deadline:
            return {}
        parts = [i for i, column in enumerate(problem.columns) if column.source == feature.name]
        shuffled = matrix.copy()
        shuffled[:, parts] = matrix[rng.permutation(len(rows))][:, parts]
        losses[feature.name] = whole - problem.metric.score(y, model.predict_encoded(shuffled))
    return dict(sorted(losses.items(), key=lambda item: -item[1]))
