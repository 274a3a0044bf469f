"""A search that was interrupted goes on from its trial log, to the result it would have had."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import (
    AutoMLEngine,
    AutoMLResult,
    Candidate,
    FitContext,
    Predictor,
    Rows,
    SearchEvent,
    TrialFinished,
    TrialLogMismatchError,
)
from maestro_ml.engine.automl.learners.constant import ConstantLearner
from maestro_ml.engine.automl.learners.lightgbm import LightGBMLearner

Table = tuple[pd.DataFrame, pd.Series]


@dataclass(frozen=True)
class Counted:
    """A small booster that leaves a mark in a folder each time that it is fitted."""

    marks: Path
    leaves: int

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        with (self.marks / str(self.leaves)).open("a") as mark:
            mark.write("x")
        params = {"num_leaves": self.leaves}
        return LightGBMLearner(params, rounds=20).fit(train, valid, context)


@dataclass(frozen=True)
class Failing:
    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        raise ZeroDivisionError("no luck")


def counted(marks: Path, *leaves: int) -> list[Candidate]:
    marks.mkdir(exist_ok=True)
    return [
        Candidate(f"leaves-{n}", "test", Counted, {"marks": marks, "leaves": n}, work=0.001)
        for n in leaves
    ]


def fits(marks: Path) -> dict[str, int]:
    return {mark.name: len(mark.read_text()) for mark in marks.iterdir()}


def same(one: AutoMLResult, other: AutoMLResult) -> bool:
    return (
        [(row.name, row.score, row.weight) for row in one.leaderboard]
        == [(row.name, row.score, row.weight) for row in other.leaderboard]
        and one.ensemble == other.ensemble
        and np.array_equal(one.predictions, other.predictions)
    )


def test_an_interrupted_search_goes_on_to_the_same_result(titanic: Table, tmp_path: Path) -> None:
    features, target = titanic[0][:400], titanic[1][:400]
    seen: list[SearchEvent] = []
    marks, log = tmp_path / "marks", tmp_path / "log"
    portfolio = counted(marks, 3, 5, 9, 17)

    def two_are_done() -> bool:
        return sum(isinstance(event, TrialFinished) for event in seen) >= 3

    engine = AutoMLEngine(120, portfolio=portfolio, n_jobs=1, seed=5)
    first = engine.fit(features, target, callbacks=[seen.append], should_stop=two_are_done, log=log)
    assert first.stopped
    assert len(set(fits(marks).values())) == 2, "all had a first look, two were carried on"
    second = engine.fit(features, target, log=log)
    assert len(set(fits(marks).values())) == 1
    whole = engine.fit(features, target)
    assert same(second, whole)
    assert not second.stopped


def test_refinement_goes_on_to_the_same_result(titanic: Table, tmp_path: Path) -> None:
    features, target = titanic[0][:300], titanic[1][:300]

    def search(trials: int, log: Path | None) -> AutoMLResult:
        engine = AutoMLEngine(60, max_trials=trials, seed=1, n_jobs=2, engine="optuna")
        engine.portfolio = [
            Candidate("a", "lightgbm", LightGBMLearner, {"params": {"num_leaves": 3}}, work=0.01)
        ]
        return engine.fit(features, target, log=log)

    search(4, tmp_path)
    assert same(search(6, tmp_path), search(6, None))


def test_what_failed_by_itself_is_not_tried_again(iris: Table, tmp_path: Path) -> None:
    portfolio = [Candidate("bad", "test", Failing, work=0.001)]
    for _ in range(2):
        result = AutoMLEngine(90, portfolio=portfolio, n_jobs=1).fit(*iris, log=tmp_path)
        assert [each.reason for each in result.skipped] == ["ZeroDivisionError: no luck"]
    (trial,) = tmp_path.glob("*.trial")
    head = json.loads(trial.read_bytes().split(b"\n", 1)[0])
    assert (head["name"], head["reason"]) == ("bad", "ZeroDivisionError: no luck")


@pytest.mark.parametrize("damage", ["torn", "empty", "changed"])
def test_a_damaged_file_is_one_trial_more(iris: Table, tmp_path: Path, damage: str) -> None:
    marks, log = tmp_path / "marks", tmp_path / "log"
    portfolio = counted(marks, 3)
    engine = AutoMLEngine(90, portfolio=portfolio, n_jobs=1)
    first = engine.fit(*iris, log=log)
    trial = min(log.glob("*.trial"))
    content = trial.read_bytes()
    begin, end = json.loads(content.split(b"\n", 1)[0])["folds"]
    damaged = {"torn": content[:-9], "empty": b"", "changed": content[:-9] + b"x" * 9}
    trial.write_bytes(damaged[damage])
    once = fits(marks)["3"]
    assert same(engine.fit(*iris, log=log), first)
    assert fits(marks)["3"] == once + end - begin
    assert same(engine.fit(*iris, log=log), first)
    assert fits(marks)["3"] == once + end - begin


def test_a_log_of_another_search_is_refused(iris: Table, boston: Table, tmp_path: Path) -> None:
    def search(table: Table, **settings: object) -> AutoMLResult:
        engine = AutoMLEngine(90, max_trials=1, **settings)  # type: ignore[arg-type]
        return engine.fit(*table, log=tmp_path)

    search(iris)
    with pytest.raises(TrialLogMismatchError, match="what differs is the features; the target"):
        search(boston)
    with pytest.raises(TrialLogMismatchError, match=r"is the metric\. Give the same"):
        search(iris, metric="accuracy")
    with pytest.raises(TrialLogMismatchError, match="the seed"):
        search(iris, seed=1)
    with pytest.raises(TrialLogMismatchError, match=r"is the features\. Give"):
        search((iris[0] * (1 + 1e-12), iris[1]))


def test_the_command_goes_on_from_its_log(tmp_path: Path) -> None:
    table = pd.DataFrame({"x": np.arange(60) % 17, "y": np.arange(60) % 2})
    table.to_csv(tmp_path / "train.csv", index=False)
    arguments = ["--train", str(tmp_path / "train.csv"), "--target", "y", "--budget", "30"]
    command = [sys.executable, "-m", "maestro_ml.engine.automl", *arguments, "--quiet"]
    log = tmp_path / "log"
    subprocess.run([*command, "--log", str(log)], check=True, timeout=90)
    written = {trial: trial.stat().st_mtime_ns for trial in log.glob("*.trial")}
    assert written
    subprocess.run([*command, "--log", str(log)], check=True, timeout=90)
    assert all(trial.stat().st_mtime_ns == at for trial, at in written.items())


def test_the_baseline_alone_needs_no_log_entry(iris: Table, tmp_path: Path) -> None:
    portfolio = [Candidate("shares", "baseline", ConstantLearner, instant=True)]
    result = AutoMLEngine(90, portfolio=portfolio).fit(*iris, log=tmp_path)
    assert result.best.family == "baseline"
    assert [path.name for path in tmp_path.iterdir()] == ["search.json"]
