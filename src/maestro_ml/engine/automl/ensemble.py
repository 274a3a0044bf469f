"""Greedy weighting of models on their out-of-fold predictions (Caruana et al., 2004)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl.calibration import fit_temperature, temper
from maestro_ml.engine.automl.metrics import Metric
from maestro_ml.engine.automl.problem import IntArray
from maestro_ml.engine.automl.tasks import FloatArray

MAX_STEPS = 40
# Selection on more rows than this gains nothing but time.
_MAX_ROWS = 20_000
_MIN_GAIN = 1e-6


@dataclass(frozen=True)
class Weighting:
    """Weights of models (summing to 1) and the score of their mixture on the rows it was made on.

    That score is optimistic: the weights were chosen to make it great. `cross_fitted_scores` is
    the honest estimate.
    """

    weights: dict[int, float]
    score: float


def mix(predictions: Sequence[FloatArray], weights: dict[int, float]) -> FloatArray:
    """Weighted mean of the predictions whose positions have a weight."""
    return np.asarray(sum(weight * predictions[i] for i, weight in weights.items()))


def greedy_weights(
    predictions: Sequence[FloatArray],
    y: FloatArray,
    metric: Metric,
    *,
    max_members: int,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Weighting:
    """Start from the best model; add, with replacement, what raises the mixture's score most.

    Never worse than the best single model on the given rows. Ties go to the earlier model, so
    equal input gives equal weights.
    """
    rows = _sample(len(y))
    pool, target = [np.asarray(p)[rows] for p in predictions], y[rows]
    scores = [_comparable(metric.score(target, p)) for p in pool]
    chosen = [int(np.argmax(scores))]
    best_score, best_size = scores[chosen[0]], 1
    total = pool[chosen[0]].copy()
    for step in range(2, MAX_STEPS + 1):
        if out_of_time():
            break
        full = len(set(chosen)) >= max_members
        options = sorted(set(chosen)) if full else range(len(pool))
        trial_scores = {
            i: _comparable(metric.score(target, (total + pool[i]) / step)) for i in options
        }
        pick = max(trial_scores, key=lambda i: (trial_scores[i], -i))
        chosen.append(pick)
        total += pool[pick]
        if trial_scores[pick] > best_score + _MIN_GAIN:
            best_score, best_size = trial_scores[pick], step
    kept = chosen[:best_size]
    weights = {i: kept.count(i) / best_size for i in sorted(set(kept))}
    return Weighting(weights, float(best_score))


def cross_fitted_scores(
    predictions: Sequence[FloatArray],
    y: FloatArray,
    metric: Metric,
    parts: Sequence[IntArray],
    *,
    max_members: int,
    out_of_time: Callable[[], bool] = lambda: False,
) -> list[float]:
    """Score of each part of the rows under weights (and a temperature) from the other parts only.

    Empty when time runs out or there are not two parts.
    """
    scores: list[float] = []
    if len(parts) < 2:
        return scores
    for part in parts:
        if out_of_time():
            return []
        others = np.setdiff1d(np.concatenate(list(parts)), part)
        weighting = greedy_weights(
            [p[others] for p in predictions],
            y[others],
            metric,
            max_members=max_members,
            out_of_time=out_of_time,
        )
        mixture = mix([p[part] for p in predictions], weighting.weights)
        if metric.task.is_classification:
            learned = mix([p[others] for p in predictions], weighting.weights)
            mixture = temper(mixture, fit_temperature(y[others], learned))
        scores.append(metric.score(y[part], mixture))
    return scores


def _comparable(score: float) -> float:
    return score if np.isfinite(score) else -np.inf


def _sample(n_rows: int) -> IntArray:
    if n_rows <= _MAX_ROWS:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(0).choice(n_rows, _MAX_ROWS, replace=False))
