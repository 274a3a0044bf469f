"""Makes the lookup table: every configuration on every public table, once, on one core.

    python -m bench.metalearning.evaluate [--until SECONDS] [--repeats 1]

At most 2,000 rows are searched (three fifths to train on, the rest to validate on), up to 3,000
others are held back for the test. What is done already is not done again. Scores and seconds go to
a file of JSON lines, predictions (half precision) beside it, so that ensembles can be weighed later.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import optuna
import pandas as pd
from sklearn.model_selection import train_test_split

from bench.automl.environments import table_packages
from bench.automl.tables import REGRESSION, TABLES
from bench.environments import ROOT
from bench.metalearning.configurations import configurations
from maestro_ml.engine.automl import Candidate, FitContext, Rows, Task
from maestro_ml.engine.automl.instant import BASELINE
from maestro_ml.engine.automl.meta_features import describe
from maestro_ml.engine.automl.prepare import prepare
from maestro_ml.engine.automl.problem import Fold, Problem

FOLDER = ROOT / ".bench-metalearning"
EVALUATIONS = FOLDER / "evaluations.jsonl"
_SEARCHED, _TRAINED_ON, _HELD_BACK, _MOST_HELD_BACK = 2_000, 0.6, 0.3, 3_000
# A fit is asked to end after so long; boosters and forests then stop with what they have.
_CAP_SECONDS = 4.0


@dataclass(frozen=True)
class Split:
    """A problem with one fold, and encoded rows (n, columns) with their target (n,) for the test."""

    problem: Problem
    test: Rows


def main() -> int:
    """Evaluate what is missing."""
    options = _options()
    FOLDER.mkdir(exist_ok=True)
    done = {(line["table"], line["repeat"]) for line in _lines()}
    began, packages = time.monotonic(), table_packages()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.filterwarnings("ignore")
    for repeat in range(options.repeats):
        for name, table in TABLES.items():
            if (name, repeat) in done:
                continue
            if time.monotonic() - began > options.until:
                return 0
            split = _split(*table.load(packages), table.task, repeat)
            started = time.monotonic()
            line = _evaluate(name, split, repeat)
            with EVALUATIONS.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(f"{name:16} #{repeat} {time.monotonic() - started:6.1f} s", flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--until", type=float, default=float("inf"), help="begin no table later")
    parser.add_argument("--repeats", type=int, default=1, help="splits of each table")
    return parser.parse_args()


def _lines() -> Iterator[dict[str, Any]]:
    if EVALUATIONS.is_file():
        for line in EVALUATIONS.read_text().splitlines():
            yield json.loads(line)


def _split(features: pd.DataFrame, target: pd.Series, task: str, seed: int) -> Split:
    strata = None if task == REGRESSION else target
    held = min(_MOST_HELD_BACK, int(_HELD_BACK * len(target)))
    search, test = train_test_split(
        np.arange(len(target)), test_size=held, random_state=seed, stratify=strata
    )
    if len(search) > _SEARCHED:
        strata = None if task == REGRESSION else target.iloc[search]
        search, _ = train_test_split(
            search, train_size=_SEARCHED, random_state=seed, stratify=strata
        )
    if strata is not None:
        # A class that a part of the rows has not is none that this part can be scored on.
        counts = target.iloc[search].value_counts()
        frequent = set(counts.index[counts >= 5])
        search = search[target.iloc[search].isin(frequent).to_numpy()]
        test = test[target.iloc[test].isin(frequent).to_numpy()]
    own = target.iloc[search].reset_index(drop=True)
    prepared = prepare(
        features.iloc[search].reset_index(drop=True),
        own,
        task=Task(task),
        metric=None,
        seed=seed,
        budget=60,
    )
    strata = None if task == REGRESSION else own
    train, valid = train_test_split(
        np.arange(len(own)), train_size=_TRAINED_ON, random_state=seed, stratify=strata
    )
    problem = replace(prepared.problem, folds=(Fold(np.sort(train), np.sort(valid)),))
    answers = target.iloc[test]
    if prepared.target.classes is None:
        y = answers.to_numpy(dtype=np.float64)
    else:
        y = pd.Categorical(answers, categories=prepared.target.classes).codes.astype(np.float64)
    return Split(problem, Rows(prepared.schema.encode(features.iloc[test]), y))


def _evaluate(name: str, split: Split, repeat: int) -> dict[str, Any]:
    problem, fold = split.problem, split.problem.folds[0]
    trials: list[dict[str, Any]] = []
    kept: dict[str, npt.NDArray[Any]] = {}
    for groups, candidate in (((), BASELINE), *configurations(problem)):
        trial, predictions = _trial(candidate, split)
        trials.append({"groups": groups, **trial})
        if predictions is not None:
            number = len(trials) - 1
            kept[f"valid{number}"], kept[f"test{number}"] = (
                p.astype(np.float16 if problem.task.is_classification else np.float32)
                for p in predictions
            )
    place = FOLDER / f"{name}-{repeat}.npz"
    np.savez_compressed(
        place, valid=problem.y[fold.valid], test=split.test.y, allow_pickle=False, **kept
    )
    return {
        "table": name,
        "repeat": repeat,
        "task": problem.task.value,
        "metric": problem.metric.name,
        "classes": problem.n_classes,
        "rows": len(problem.y),
        "meta_features": describe(problem),
        "trials": trials,
    }


def _trial(
    candidate: Candidate, split: Split
) -> tuple[dict[str, Any], tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None]:
    problem, fold = split.problem, split.problem.folds[0]
    valid = Rows(problem.X[fold.valid], problem.y[fold.valid])
    said = {
        "name": candidate.name,
        "family": candidate.family,
        "params": dict(candidate.params),
    }
    began = time.perf_counter()
    context = FitContext(
        task=problem.task,
        n_classes=problem.n_classes,
        columns=problem.columns,
        seed=problem.seed,
        threads=1,
        deadline=time.monotonic() + _CAP_SECONDS,
    )
    try:
        learner = candidate.learner(**candidate.params)
        model = learner.fit(Rows(problem.X[fold.train], problem.y[fold.train]), valid, context)
        on_valid, on_test = model.predict(valid.X), model.predict(split.test.X)
    except Exception as error:  # noqa: BLE001 - any library may fail in any way; a failed trial is data
        return {**said, "valid": None, "test": None, "failure": repr(error)[:200]}, None
    seconds = time.perf_counter() - began
    scores = (
        problem.metric.score(valid.y, on_valid),
        problem.metric.score(split.test.y, on_test),
    )
    if not np.isfinite(scores).all():
        return {**said, "valid": None, "test": None, "failure": "no finite score"}, None
    return (
        {**said, "valid": scores[0], "test": scores[1], "seconds": round(seconds, 4)},
        (on_valid, on_test),
    )


if __name__ == "__main__":
    raise SystemExit(main())
