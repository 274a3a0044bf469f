"""Networks: that they learn, stop, keep their best weights, and are told apart by their gradients."""

import time

import numpy as np
import pytest

from maestro_ml.engine.automl.learners.base import FitContext, Rows
from maestro_ml.engine.automl.learners.network import NetworkLearner, NetworkPredictor
from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.tasks import FloatArray, Task

COLUMNS = tuple(MatrixColumn(name, name) for name in ("a", "b", "c"))


def context(task: Task, n_classes: int = 0, seconds: float = 60.0) -> FitContext:
    return FitContext(task, n_classes, COLUMNS, 0, 1, time.monotonic() + seconds)


def rows(n: int, seed: int) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(n, 3))


def bent(X: FloatArray) -> FloatArray:  # noqa: N803
    """What no straight line comes near."""
    return np.abs(X[:, 0]) * np.sign(X[:, 1])


def fitted(learner: NetworkLearner, task: Task, n: int = 1500) -> NetworkPredictor:
    train, valid = rows(n, 0), rows(500, 1)
    if task is Task.REGRESSION:
        asked = context(task)
        model = learner.fit(Rows(train, bent(train)), Rows(valid, bent(valid)), asked)
    else:
        codes = [np.digitize(bent(part), (-0.5, 0.5)).astype(float) for part in (train, valid)]
        model = learner.fit(Rows(train, codes[0]), Rows(valid, codes[1]), context(task, 3))
    assert isinstance(model, NetworkPredictor)
    return model


@pytest.mark.parametrize("depth", [1, 3])
def test_a_network_learns_what_is_bent(depth: int) -> None:
    model = fitted(NetworkLearner(width=64, depth=depth), Task.REGRESSION)
    asked = rows(1000, 2)
    error = np.mean((model.predict(asked) - bent(asked)) ** 2)
    assert error < 0.2 * np.var(bent(asked))


def test_probabilities_sum_to_one_and_are_good() -> None:
    model = fitted(NetworkLearner(width=64), Task.MULTICLASS)
    asked = rows(1000, 2)
    shares, codes = model.predict(asked), np.digitize(bent(asked), (-0.5, 0.5))
    assert shares.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert -np.mean(np.log(shares[np.arange(1000), codes])) < 0.35


def test_the_weights_of_the_best_epoch_are_kept() -> None:
    """Noise alone: the first epochs are best, and what is learned later is thrown away."""
    rng = np.random.default_rng(0)
    train, valid = (
        Rows(rows(200, 0), rng.normal(size=200)),
        Rows(rows(200, 1), rng.normal(size=200)),
    )
    few = NetworkLearner(epochs=200, patience=15).fit(train, valid, context(Task.REGRESSION))
    error = np.mean((few.predict(valid.X) - valid.y) ** 2)
    assert error < 1.05 * np.var(valid.y)


def test_time_that_is_over_ends_it_after_an_epoch() -> None:
    train, valid = Rows(rows(5000, 0), bent(rows(5000, 0))), Rows(rows(50, 1), bent(rows(50, 1)))
    began = time.monotonic()
    learner = NetworkLearner(width=512, depth=3, epochs=10_000, patience=10_000)
    model = learner.fit(train, valid, context(Task.REGRESSION, seconds=0.0))
    assert time.monotonic() - began < 10
    assert np.isfinite(model.predict(valid.X)).all()


@pytest.mark.parametrize("task", [Task.REGRESSION, Task.MULTICLASS])
def test_the_same_seed_gives_the_same_network(task: Task) -> None:
    one, other = (fitted(NetworkLearner(width=16, epochs=5), task, 300) for _ in range(2))
    assert np.array_equal(one.predict(rows(20, 3)), other.predict(rows(20, 3)))


def test_long_tails_do_not_drown_the_rest() -> None:
    """The same ranks, the same answers: a column's outlier may lie anywhere beyond the others."""
    learner = NetworkLearner(width=32, epochs=20)
    train, valid = rows(400, 0), rows(100, 1)
    y, answers = bent(train), bent(valid)
    far = train.copy()
    far[np.argmax(far[:, 0]), 0] = 1e6
    near = learner.fit(Rows(train, y), Rows(valid, answers), context(Task.REGRESSION))
    long = learner.fit(Rows(far, y), Rows(valid, answers), context(Task.REGRESSION))
    inner = valid[np.abs(valid[:, 0]) < 1]
    assert long.predict(inner) == pytest.approx(near.predict(inner), abs=0.15)
