"""Trials on a real Ray cluster of two workers on this machine give what they give here."""

import ctypes
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import (
    AutoMLEngine,
    Candidate,
    ClusterUnavailableError,
    FitContext,
    Predictor,
    Rows,
)
from maestro_ml.engine.automl.learners.constant import ConstantLearner

ray = pytest.importorskip("ray", reason="the `ray` extra is not installed: run `make test-ray`")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ray")]
Table = tuple[pd.DataFrame, pd.Series]


@dataclass(frozen=True)
class Acting:
    """A learner that does something first, and then predicts a constant."""

    act: Callable[[], object]

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        self.act()
        return ConstantLearner().fit(train, valid, context)


def hang() -> None:
    ctypes.PyDLL(None).sleep(600)


def crash() -> None:
    ctypes.string_at(0)


def refuse() -> None:
    raise ZeroDivisionError("no luck")


def acting(name: str, act: Callable[[], object]) -> Candidate:
    return Candidate(name, "test", Acting, {"act": act}, work=0.001)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers that end with the test."""
    yield ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    ray.shutdown()


def test_a_cluster_finds_what_this_machine_finds(cluster: Any, titanic: Table) -> None:
    table = titanic[0][:400], titanic[1][:400]
    here = AutoMLEngine(200, max_trials=6, n_jobs=2).fit(*table)
    there = AutoMLEngine(200, max_trials=6, ray_address="auto").fit(*table)
    assert [(row.name, row.score) for row in there.leaderboard] == [
        (row.name, row.score) for row in here.leaderboard
    ]
    assert there.ensemble == here.ensemble
    np.testing.assert_array_equal(there.predictions, here.predictions)
    np.testing.assert_array_equal(
        there.model.predict_proba(table[0]), here.model.predict_proba(table[0])
    )


def test_trials_run_at_the_same_time_and_bad_ones_fail_alone(cluster: Any, iris: Table) -> None:
    portfolio = [
        acting("crash", crash),
        acting("refuse", refuse),
        acting("good", bool),
    ]
    engine = AutoMLEngine(100, portfolio=portfolio, ray_address="auto", metric="accuracy")
    result = engine.fit(*iris)
    assert {each.name: each.reason for each in result.skipped} == {
        "crash": "its process crashed",
        "refuse": "ZeroDivisionError: no luck",
    }
    assert "good" in {row.name for row in result.leaderboard}


def test_a_search_on_a_cluster_ends_in_time_and_leaves_no_trial(cluster: Any, iris: Table) -> None:
    started = time.monotonic()
    portfolio = [acting(f"bad-{i}", hang) for i in range(4)]
    result = AutoMLEngine(20, portfolio=portfolio, ray_address="auto").fit(*iris)
    assert time.monotonic() - started < 1.05 * 20 + 2
    assert result.best.name == "constant"
    assert len(result.skipped) == 4
    deadline = time.monotonic() + 60
    while ray.available_resources().get("CPU", 0) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_address_without_a_cluster_is_told(iris: Table) -> None:
    ray.shutdown()
    with pytest.raises(ClusterUnavailableError, match=r"no Ray cluster at '127\.0\.0\.1:1'"):
        AutoMLEngine(10, ray_address="127.0.0.1:1").fit(*iris)
