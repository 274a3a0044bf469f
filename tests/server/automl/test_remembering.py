"""What is stored is what the engine can learn from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from maestro_ml.engine.automl import AutoMLEngine, AutoMLResult
from maestro_ml.server.automl.draws import StartDraw
from maestro_ml.server.automl.remembering import to_origin, to_prior, to_records
from maestro_ml.server.automl.repository import RecalledEvaluation, RecalledSearch
from maestro_ml.server.kernel.ids import new_id

LATE = "neighbours-20"


def table() -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(2)
    features = pd.DataFrame(rng.normal(size=(150, 4)), columns=list("abcd"))
    return features, (features["a"] + rng.normal(size=150) > 0).rename("y")


def recalled(result: AutoMLResult) -> RecalledSearch:
    """The search of `result`, as if all was tried, and what comes late in the portfolio was the best."""
    tried = [(row.name, row.family, row.params) for row in result.leaderboard]
    tried += [(each.name, each.family, each.params) for each in result.skipped]
    return RecalledSearch(
        id=new_id(),
        dataset="people",
        version=2,
        target="y",
        task=result.task.value,
        metric=result.metric,
        group_column=None,
        time_column=None,
        meta_features=dict(result.meta_features),
        evaluations=[
            RecalledEvaluation(name, family, dict(params), _score(name, family), 1.0)
            for name, family, params in tried
            if family != "ensemble"
        ],
    )


def _score(name: str, family: str) -> float:
    return {"baseline": 0.5}.get(family, 0.95 if name == LATE else 0.6)


def test_a_search_begins_with_what_was_best_before_and_says_so() -> None:
    """The stop comes after the instant candidates, so all others are listed as not started."""
    features, target = table()
    first = AutoMLEngine(60, n_jobs=1).fit(features, target, should_stop=lambda: True)
    past = [recalled(first) for _ in range(4)]
    second = AutoMLEngine(60, n_jobs=1, max_trials=3, prior=to_prior(past)).fit(features, target)
    draw = StartDraw(past_searches=4, eligible=True)
    origin = to_origin(second.start, draw)
    assert (origin.source, origin.past_searches, origin.arm) == ("history", 4, None)
    reason = next(each for each in origin.reasons if each.candidate == LATE)
    assert {task.key for task in reason.tasks} <= {str(each.id) for each in past}
    assert {task.name for task in reason.tasks} == {"y of people@2"}
    assert reason.tasks[0].regret == 0
    assert LATE in {row.name for row in second.leaderboard}
    assert LATE not in {row.name for row in first.leaderboard}


def test_what_failed_stands_where_it_ended_and_what_was_not_started_at_the_end() -> None:
    features, target = table()
    result = AutoMLEngine(60, n_jobs=1).fit(features, target, should_stop=lambda: True)
    scored = [each for each in to_records(result, {}) if each.status == "scored"]
    assert scored
    records = to_records(result, {result.skipped[0].name: 0.0})
    assert [each.position for each in records] == list(range(1, len(records) + 1))
    states = [each.status for each in records]
    assert states.index("skipped") == len([each for each in states if each != "skipped"])
    assert len(records) == len(result.skipped) + len(scored)
    assert all(each.reason for each in records if each.status != "scored")
