"""The prior that ships: what is in it, and that a search starts from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pytest

from maestro_ml.engine.automl import AutoMLEngine, Candidate, Task, TrialStarted
from maestro_ml.engine.automl.metrics import resolve_metric
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.metalearning import HistoryPrior, PublicPrior
from maestro_ml.engine.metalearning.public import shipped_tables

IRIS = Path(__file__).parents[3] / "examples" / "data" / "iris.csv"


def test_it_holds_public_tables_of_every_kind_of_task() -> None:
    tables = shipped_tables()
    kinds = [table.task for table in tables]
    assert {kind: kinds.count(kind) >= 10 for kind in Task} == dict.fromkeys(Task, True)
    assert len({table.key for table in tables}) == len(tables)
    for table in tables:
        assert len(table.trials) > 40
        regrets = [regret for regret in table.regrets() if regret is not None]
        assert min(regrets) == 0.0
        assert table.meta_features["log_rows"] > 0


@pytest.mark.parametrize("task", list(Task))
def test_it_starts_with_several_families_and_says_from_where(
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
    task: Task,
) -> None:
    classes = {Task.BINARY: 2, Task.MULTICLASS: 3, Task.REGRESSION: 0}[task]
    other = replace(
        problem, task=task, n_classes=classes, metric=resolve_metric(None, task, classes)
    )
    order = PublicPrior().order(other, meta_features, defaults)
    assert order == PublicPrior().order(other, meta_features, defaults)
    assert order.start.source == "public"
    assert len({candidate.family for candidate in order.candidates[:6]}) >= 3
    names = [candidate.name for candidate in order.candidates]
    assert len(set(names)) == len(names)
    assert {candidate.name for candidate in defaults} <= set(names)
    for reason in order.start.reasons:
        assert reason.tasks
        assert all(task.key.startswith("public:") for task in reason.tasks)
    json.dumps(asdict(order.start))


def test_a_team_without_history_starts_from_the_public_tables() -> None:
    flowers = pd.read_csv(IRIS)
    started: list[str] = []

    def note(event: object) -> None:
        if isinstance(event, TrialStarted):
            started.append(event.name)

    engine = AutoMLEngine(120, prior=HistoryPrior([]), max_trials=3, n_jobs=1)
    result = engine.fit(flowers.drop(columns="species"), flowers["species"], callbacks=[note])
    assert result.start.source == "public"
    assert "0 of 0 past searches" in result.start.note
    names = {row.name for row in result.leaderboard if row.family not in ("ensemble", "baseline")}
    assert {reason.candidate for reason in result.start.reasons[:1]} <= names
    assert started[0] == "constant"
    assert set(started[1:]) == names
