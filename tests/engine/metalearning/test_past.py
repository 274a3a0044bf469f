"""What is remembered of a search, and how far its trials were behind the best."""

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path

import cloudpickle
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_ml.engine.automl import AutoMLEngine, Candidate
from maestro_ml.engine.automl.learners.linear import LinearLearner
from maestro_ml.engine.automl.portfolio import linear, neighbours
from maestro_ml.engine.metalearning import PastTask, PastTrial, past_task
from maestro_ml.engine.metalearning.configurations import configuration_key, rebuild

IRIS = Path(__file__).parents[3] / "examples" / "data" / "iris.csv"
scores = st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(math.nan), st.just(-math.inf))


def task(*values: float | None, baseline: float | None = None) -> PastTask:
    trials = [PastTrial(f"c{i}", "forest", {"i": i}, value, 1.0) for i, value in enumerate(values)]
    if baseline is not None:
        trials.append(PastTrial("constant", "baseline", {}, baseline, 0.0))
    return PastTask("k", "n", "binary", "roc_auc", {}, tuple(trials))


@given(st.lists(scores, max_size=8), st.one_of(st.none(), st.floats(-1e6, 1e6)))
def test_regrets_are_between_the_best_and_the_baseline(
    values: list[float | None], baseline: float | None
) -> None:
    regrets = task(*values, baseline=baseline).regrets()
    known = [regret for regret in regrets if regret is not None]
    assert len(known) in (0, len(regrets))
    assert all(0.0 <= regret <= 1.0 for regret in known)
    assert not known or min(known) == 0.0


def test_a_failure_is_no_better_than_guessing() -> None:
    regrets = task(0.9, 0.7, None, 0.4, baseline=0.5).regrets()
    assert list(regrets) == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0])


def test_without_a_baseline_the_worst_stands_for_it() -> None:
    assert list(task(0.9, 0.8, 0.7).regrets()) == pytest.approx([0.0, 0.5, 1.0])


def test_a_task_on_which_nothing_was_learned_tells_nothing() -> None:
    assert task(0.5, 0.4, baseline=0.5).regrets() == (None, None, None)


def fails() -> LinearLearner:
    raise ValueError("on purpose")


def test_a_search_is_remembered_with_what_failed() -> None:
    # Trial processes cannot import test modules, so what is defined here travels by value.
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    flowers = pd.read_csv(IRIS)
    portfolio = (
        linear("linear", instant=True, strength=1.0),
        neighbours("neighbours-5", n_neighbors=5),
        Candidate("broken", "network", fails, work=0.01),
    )
    result = AutoMLEngine(120, portfolio=portfolio, n_jobs=1).fit(
        flowers.drop(columns="species"), flowers["species"]
    )
    remembered = past_task(result, key="job-1", name="iris")
    assert json.loads(json.dumps(asdict(remembered)))["task"] == "multiclass"
    assert remembered.metric == "neg_log_loss"
    assert remembered.meta_features["log_classes"] == pytest.approx(math.log(3), abs=1e-6)
    by_name = {trial.name: trial for trial in remembered.trials}
    assert set(by_name) == {"constant", "linear", "neighbours-5", "broken"}
    assert by_name["broken"].score is None
    assert by_name["linear"].seconds > 0
    assert dict(zip(by_name, remembered.regrets(), strict=True))["constant"] == 1.0


def test_what_is_stored_can_be_tried_again() -> None:
    defaults = (neighbours("neighbours-5", n_neighbors=5), linear("linear", strength=1.0))
    stored = json.loads(json.dumps({"family": "knn", "weights": "distance", "n_neighbors": 9}))
    again = rebuild("neighbours", stored, defaults)
    assert again is not None
    assert again.params == stored
    assert again.name == configuration_key("neighbours", stored).replace(":", "-")
    assert again.learner(**again.params) is not None
    assert rebuild("linear", {"strength": 1.0}, defaults) is defaults[1]
    assert rebuild("svm", {"C": 1.0}, defaults) is None
    assert rebuild("linear", {"strength": 1.0, "exact_values": True}, defaults) is None
