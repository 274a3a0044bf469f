"""A whole search on real tables: leaderboard, events, the model in another process."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from maestro_ml.engine.automl import (
    AutoMLEngine,
    AutoMLResult,
    Candidate,
    EnsembleBuilt,
    SchemaMismatchError,
    SearchEvent,
    SearchFinished,
    SearchStarted,
    Task,
    TrialFinished,
    TrialStarted,
)
from maestro_ml.engine.automl.finished import FinishedTrial, affordable, by_score, leaders
from maestro_ml.engine.automl.learners.forests import ForestLearner
from maestro_ml.engine.automl.learners.lightgbm import LightGBMLearner
from maestro_ml.engine.automl.learners.linear import LinearLearner
from maestro_ml.engine.automl.trial import TrialOutcome

Table = tuple[pd.DataFrame, pd.Series]
Search = tuple[AutoMLResult, list[SearchEvent]]
QUICK = (
    Candidate("linear", "linear", LinearLearner, instant=True),
    Candidate("forest", "forest", ForestLearner, {"trees": 25}),
    Candidate(
        "lightgbm", "lightgbm", LightGBMLearner, {"params": {"num_leaves": 8}, "rounds": 100}
    ),
)


@pytest.fixture(scope="module")
def search(titanic: Table) -> Search:
    """Five candidates on 1,500 rows of Titanic."""
    features, target = titanic
    events: list[SearchEvent] = []
    engine = AutoMLEngine(60, max_trials=5, seed=1)
    return engine.fit(features[:1500], target[:1500], callbacks=[events.append]), events


def test_the_leaderboard_is_ranked_and_complete(search: Search) -> None:
    result, _ = search
    rows = result.leaderboard
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    assert {"linear", "catboost", "lightgbm", "xgboost", "baseline"} <= {row.family for row in rows}
    stacked = [row for row in rows if row.family == "stack"]
    assert result.to_frame().shape[0] == len(rows) == 7 + len(stacked)
    for row in rows:
        assert row.fit_seconds > 0
        assert row.size_bytes > 0
        assert 0 <= row.standard_error < 0.1
    boosted = next(row for row in rows if row.family == "lightgbm")
    assert boosted.memory_mb > 20
    assert boosted.params["num_leaves"] == 4


def test_the_ensemble_is_the_final_model_and_its_weights_sum_to_one(search: Search) -> None:
    result, _ = search
    assert result.best.name == "ensemble"
    assert sum(result.ensemble.values()) == pytest.approx(1.0)
    members = {row.name for row in result.leaderboard if row.status == "member"}
    assert members == set(result.ensemble)
    assert members == {member.name for member in result.model.members if member.weight}


def test_the_score_holds_on_rows_the_search_never_saw(search: Search, titanic: Table) -> None:
    result, _ = search
    features, target = titanic
    shares = result.model.predict_proba(features[1500:])
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert roc_auc_score(target[1500:], shares[:, 1]) > 0.75
    assert roc_auc_score(target[:1500], result.predictions[:, 1]) == pytest.approx(
        result.best.score, abs=0.02
    )


def test_events_tell_the_whole_story_in_order(search: Search) -> None:
    result, events = search
    assert isinstance(events[0], SearchStarted)
    assert isinstance(events[-2], EnsembleBuilt)
    assert isinstance(events[-1], SearchFinished)
    assert [event.elapsed for event in events] == sorted(event.elapsed for event in events)
    assert all(0 <= event.fraction <= 1 for event in events)
    started = [event.name for event in events if isinstance(event, TrialStarted)]
    finished = [event for event in events if isinstance(event, TrialFinished)]
    assert sorted(started) == sorted(event.name for event in finished)
    assert finished[-1].best_score == max(event.score for event in finished)
    assert [evaluation.name for evaluation in result.history] == [e.name for e in finished]


def test_predictions_are_the_original_labels(search: Search, titanic: Table) -> None:
    result, _ = search
    features, target = titanic
    predicted = result.model.predict(features[:20])
    assert predicted.dtype == target.dtype
    assert set(predicted) <= {0, 1}


def test_importances_name_raw_columns_and_find_the_strong_one(search: Search) -> None:
    result, _ = search
    assert set(result.model.feature_importances) == set(result.model.feature_schema.names)
    assert next(iter(result.model.feature_importances)) == "gender"


def test_predicting_does_not_mind_column_order_or_unknown_categories(
    search: Search, titanic: Table
) -> None:
    result, _ = search
    rows = titanic[0][:5]
    np.testing.assert_allclose(
        result.model.predict_proba(rows[list(reversed(rows.columns))]),
        result.model.predict_proba(rows),
    )
    strange = rows.assign(embarked="Reykjavik", age=None)
    assert np.isfinite(result.model.predict_proba(strange)).all()


def test_predicting_without_a_column_says_which(search: Search, titanic: Table) -> None:
    result, _ = search
    with pytest.raises(SchemaMismatchError, match="missing: fare"):
        result.model.predict(titanic[0].drop(columns="fare"))
    with pytest.raises(SchemaMismatchError, match="no rows"):
        result.model.predict(titanic[0][:0])


def test_the_pickled_model_predicts_the_same_in_a_fresh_process(
    search: Search, titanic: Table, tmp_path: Path
) -> None:
    result, _ = search
    rows = titanic[0][1500:1520]
    (tmp_path / "model.pkl").write_bytes(pickle.dumps((result.model, rows)))
    program = (
        "import pickle, sys; model, rows = pickle.load(open(sys.argv[1], 'rb'));"
        "print(*model.predict_proba(rows)[:, 1])"
    )
    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path / "model.pkl")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    np.testing.assert_allclose(
        np.array(printed.stdout.split(), dtype=float), result.model.predict_proba(rows)[:, 1]
    )


def test_many_classes_of_text_come_back_as_text(iris: Table) -> None:
    result = AutoMLEngine(30, portfolio=QUICK).fit(*iris)
    assert result.task is Task.MULTICLASS
    assert result.metric == "neg_log_loss"
    assert result.best.score > -0.2
    assert (result.model.predict(iris[0]) == iris[1]).mean() > 0.95
    assert result.model.classes_ is not None
    assert result.model.classes_.tolist() == sorted(iris[1].unique())


def test_a_regression_predicts_numbers_and_has_no_probabilities(boston: Table) -> None:
    result = AutoMLEngine(30, portfolio=QUICK, metric="r2").fit(*boston)
    assert result.task is Task.REGRESSION
    assert result.best.score > 0.8
    assert result.model.classes_ is None
    assert result.model.predict(boston[0][:3]).shape == (3,)
    with pytest.raises(AttributeError, match=r"call predict\(\)"):
        result.model.predict_proba(boston[0])


def test_only_the_best_models_stay_in_memory_when_they_are_large() -> None:
    def trial(order: int, score: float, size: int) -> FinishedTrial:
        outcome = TrialOutcome(
            np.zeros(1), np.ones(1, np.int64), (score,), 1.0, 1.0, (b"x" * size,)
        )
        return FinishedTrial(order, QUICK[0], outcome, 0.0)

    trials = [trial(0, 0.5, 10), trial(1, 0.9, 60), trial(2, 0.8, 60), trial(3, 0.7, 60)]
    trials += [trial(4, 0.6, 60), trial(5, 0.4, 5)]
    assert [kept.order for kept in affordable(trials, 200)] == [1, 2, 3, 0, 5]
    assert [kept.order for kept in affordable(trials, 1)] == [1, 2, 3], "too large, and still kept"


def test_the_leaders_are_the_best_of_each_family_the_best_first() -> None:
    def trial(order: int, family: str, score: float) -> FinishedTrial:
        outcome = TrialOutcome(np.zeros(1), np.ones(1, np.int64), (score,), 1.0, 1.0, (b"x",))
        return FinishedTrial(order, Candidate(str(order), family, LinearLearner), outcome, 0.0)

    trials = [trial(0, "a", 0.9), trial(1, "b", 0.8), trial(2, "a", 0.1), trial(3, "b", 0.7)]
    assert [found.order for found in leaders(by_score(trials))] == [0, 1]
    assert [found.order for found in leaders(by_score(trials[1:]))] == [1, 2]
