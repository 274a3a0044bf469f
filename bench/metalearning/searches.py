"""Real searches, cold and warm: how many seconds a warm one needs for what the cold one ends with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from bench.automl.environments import table_packages
from bench.automl.tables import TABLES
from bench.automl.trial import error_of, split_rows
from bench.metalearning.lookup import Entry, Lookup, read
from bench.metalearning.memory import histories
from maestro_ml.engine.automl import AutoMLEngine, AutoMLResult, Prior
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning import MADE_OF_TRIALS, HistoryPrior

_AIM = 20.0


@dataclass(frozen=True)
class Searched:
    """A search of so many seconds: the best score so far after each trial, as (seconds, score), and
    the error of what it hands back on held-back rows.

    Stacked models count for the error only: they come last, however early the others are done.
    """

    table: str
    arm: str
    budget: float
    source: str
    seconds: float
    error: float
    scores: tuple[tuple[float, float], ...]

    @property
    def best(self) -> float:
        """The best score of a trial."""
        return self.scores[-1][1]

    def reached(self, score: float) -> float:
        """Seconds until a trial had this score; infinite when none had."""
        return next((at for at, best in self.scores if best >= score), float("inf"))


def search_all(tables: Sequence[str], budget: float, out: Path) -> str:
    """Search each table cold and warm (with the memory of all tables of other data sets) for
    `budget` seconds, and warm for the seconds that should be enough; the report."""
    out.parent.mkdir(exist_ok=True)
    done, lookup = _read(out), read()
    for name in tables:
        for arm, seconds in (("cold", budget), ("warm", budget), ("warm", _AIM)):
            if not any((s.table, s.arm, s.budget) == (name, arm, seconds) for s in done):
                searched = _searched(lookup, name, arm, seconds)
                done.append(searched)
                with out.open("a") as file:
                    file.write(json.dumps(asdict(searched)) + "\n")
                told = f"{searched.error:.5f} {searched.source}"
                print(f"{name:14} {arm} {seconds:3.0f} s {told}", flush=True)
    return _report(done, tables, budget)


def _searched(lookup: Lookup, name: str, arm: str, budget: float) -> Searched:
    features, target = TABLES[name].load(table_packages())
    task = TABLES[name].task
    train, test = split_rows(target, task, seed=0)
    prior: Prior = Defaults()
    if arm == "warm":
        prior = HistoryPrior(histories(lookup, _others(lookup, name)), otherwise=prior)
    engine = AutoMLEngine(budget, task=task, n_jobs=1, prior=prior)
    result = engine.fit(features.iloc[train], target.iloc[train])
    rows, held = features.iloc[test], target.iloc[test]
    if result.model.classes_ is None:
        predicted, classes = pd.DataFrame({"prediction": result.model.predict(rows)}), []
    else:
        classes = [str(label) for label in result.model.classes_]
        predicted = pd.DataFrame(result.model.predict_proba(rows), columns=classes)
    error = error_of(predicted, held, task, classes)
    return Searched(
        name, arm, budget, result.start.source, result.seconds, error, _best_so_far(result)
    )


def _best_so_far(result: AutoMLResult) -> tuple[tuple[float, float], ...]:
    families = {row.name: row.family for row in result.leaderboard}
    found: list[tuple[float, float]] = []
    for each in result.history:
        if families[each.name] not in MADE_OF_TRIALS:
            best = max(each.score, found[-1][1]) if found else each.score
            found.append((each.finished_at, best))
    return tuple(found)


def _others(lookup: Lookup, table: str) -> list[Entry]:
    bases = {entry.base for entry in lookup.entries if entry.table == table}
    return [entry for entry in lookup.entries if entry.base not in bases]


def _report(done: Sequence[Searched], tables: Sequence[str], budget: float) -> str:
    rows = []
    for table in tables:
        by = {(s.arm, s.budget): s for s in done if s.table == table}
        cold, warm, short = by["cold", budget], by["warm", budget], by["warm", _AIM]
        rows.append(
            {
                "table": table,
                "start": warm.source,
                "cold needs": cold.reached(cold.best),
                "warm needs": warm.reached(cold.best),
                "cold error": cold.error,
                "warm error": warm.error,
                f"warm error, {_AIM:.0f} s": short.error,
            }
        )
    found = pd.DataFrame(rows).set_index("table")
    ratio = found[f"warm error, {_AIM:.0f} s"] / found["cold error"]
    return (
        f"{found.round(5).to_string()}\n\nSeconds until a trial of a warm search scores what the best "
        f"of a cold one of {budget:.0f} s does: median {found['warm needs'].median():.1f} over "
        f"{len(found)} tables (aim: {_AIM:.0f}); the cold one itself needs "
        f"{found['cold needs'].median():.1f}.\nOn held-back rows a warm search of {_AIM:.0f} s has "
        f"{ratio.median():.3f} times the error of a cold one of {budget:.0f} s (median; at most as "
        f"much on {int((ratio <= 1).sum())})."
    )


def _read(out: Path) -> list[Searched]:
    if not out.is_file():
        return []
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    return [Searched(**{**said, "scores": tuple(map(tuple, said["scores"]))}) for said in lines]
