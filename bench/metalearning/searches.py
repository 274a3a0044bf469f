"""Real searches, cold and warm: after how many seconds the warm one has what the cold one ends with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from bench.automl.environments import table_packages
from bench.automl.tables import TABLES
from bench.metalearning.lookup import Entry, Lookup, read
from bench.metalearning.memory import histories
from maestro_ml.engine.automl import AutoMLEngine, AutoMLResult, Prior
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning import HistoryPrior

_ARMS = ("cold", "warm")


@dataclass(frozen=True)
class Searched:
    """When which score was reached: seconds since the search began, and the best score so far."""

    table: str
    arm: str
    budget: float
    source: str
    reached: list[tuple[float, float]]

    @property
    def final(self) -> float:
        """The best score at the end, of a single configuration."""
        return self.reached[-1][1]

    def seconds_to(self, score: float) -> float | None:
        """When it had a score; None when it never had."""
        return next((seconds for seconds, best in self.reached if best >= score), None)


def search_all(tables: Sequence[str], budget: float, out: Path) -> str:
    """Search each table cold and with the memory of all tables of other data sets; the report."""
    out.parent.mkdir(exist_ok=True)
    done = _read(out)
    had = {(searched.table, searched.arm, searched.budget) for searched in done}
    lookup, packages = read(), table_packages()
    for name in tables:
        for arm in _ARMS:
            if (name, arm, budget) in had:
                continue
            features, target = TABLES[name].load(packages)
            prior: Prior = Defaults()
            if arm == "warm":
                prior = HistoryPrior(histories(lookup, _others(lookup, name)), otherwise=prior)
            engine = AutoMLEngine(
                budget, task=TABLES[name].task, n_jobs=1, prior=prior, engine="portfolio"
            )
            searched = _searched(name, arm, budget, engine.fit(features, target))
            done.append(searched)
            with out.open("a") as file:
                file.write(json.dumps(asdict(searched)) + "\n")
            print(f"{name:14} {arm} {searched.final:.5f} {searched.source}", flush=True)
    return _report([s for s in done if s.table in tables and s.budget == budget])


def _others(lookup: Lookup, table: str) -> list[Entry]:
    bases = {entry.base for entry in lookup.entries if entry.table == table}
    return [entry for entry in lookup.entries if entry.base not in bases]


def _searched(table: str, arm: str, budget: float, result: AutoMLResult) -> Searched:
    reached = [(point.finished_at, point.best_score) for point in result.history]
    return Searched(table, arm, budget, result.start.source, reached)


def _report(done: Sequence[Searched]) -> str:
    by = {(searched.table, searched.arm): searched for searched in done}
    rows = []
    for table in dict.fromkeys(searched.table for searched in done):
        cold, warm = by[table, "cold"], by[table, "warm"]
        rows.append(
            {
                "table": table,
                "start": warm.source,
                "cold score": cold.final,
                "warm score": warm.final,
                "cold s": cold.seconds_to(cold.final),
                "warm s": warm.seconds_to(cold.final),
            }
        )
    found = pd.DataFrame(rows).set_index("table")
    never = found["warm s"].isna()
    seconds = found["warm s"].fillna(float("inf"))
    return (
        f"{found.round(4).to_string()}\n\nSeconds to the cold start's final score, median over "
        f"{len(found)} tables: cold {found['cold s'].median():.1f}, warm {seconds.median():.1f} "
        f"(aim: 20); not reached within the budget on {int(never.sum())}"
    )


def _read(out: Path) -> list[Searched]:
    if not out.is_file():
        return []
    return [Searched(**json.loads(line)) for line in out.read_text().splitlines()]
