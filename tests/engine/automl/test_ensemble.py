"""The greedy ensemble: never worse than its best member, honest when cross-fitted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro_ml.engine.automl.ensemble import cross_fitted_scores, greedy_weights, mix
from maestro_ml.engine.automl.metrics import resolve_metric
from maestro_ml.engine.automl.tasks import FloatArray, Task


def noisy_models(seed: int, count: int, n: int = 60) -> tuple[list[FloatArray], FloatArray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n).astype(float)
    y[:2] = [0.0, 1.0]
    shares = [np.clip(0.5 + 0.3 * (y - 0.5) + rng.normal(0, 0.3, n), 0, 1) for _ in range(count)]
    return [np.column_stack([1 - p, p]) for p in shares], y


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 8),
    members=st.integers(1, 5),
    name=st.sampled_from(["roc_auc", "neg_log_loss", "accuracy"]),
)
def test_the_mixture_is_never_worse_than_the_best_single_model(
    seed: int, count: int, members: int, name: str
) -> None:
    metric = resolve_metric(name, Task.BINARY, 2)
    pool, y = noisy_models(seed, count)
    weighting = greedy_weights(pool, y, metric, max_members=members)
    assert weighting.score >= max(metric.score(y, p) for p in pool) - 1e-12
    assert metric.score(y, mix(pool, weighting.weights)) == pytest.approx(weighting.score)
    assert sum(weighting.weights.values()) == pytest.approx(1.0)
    assert len(weighting.weights) <= members


def test_models_that_err_differently_are_mixed() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=500)
    pool = [y + rng.normal(size=500) for _ in range(4)]
    metric = resolve_metric(None, Task.REGRESSION, 0)
    weighting = greedy_weights(pool, y, metric, max_members=5)
    assert len(weighting.weights) == 4
    assert weighting.score > -0.6


def test_the_cross_fitted_score_does_not_believe_in_luck() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 100).astype(float)
    shares = [rng.uniform(size=100) for _ in range(30)]
    pool = [np.column_stack([1 - p, p]) for p in shares]
    metric = resolve_metric("roc_auc", Task.BINARY, 2)
    parts = np.array_split(rng.permutation(100), 5)
    lucky = greedy_weights(pool, y, metric, max_members=5).score
    honest = np.mean(cross_fitted_scores(pool, y, metric, parts, max_members=5))
    assert lucky > 0.65
    assert honest < 0.58


def test_no_time_left_still_gives_the_best_single_model() -> None:
    pool, y = noisy_models(0, 5)
    metric = resolve_metric("roc_auc", Task.BINARY, 2)
    weighting = greedy_weights(pool, y, metric, max_members=5, out_of_time=lambda: True)
    best = int(np.argmax([metric.score(y, p) for p in pool]))
    assert weighting.weights == {best: 1.0}
