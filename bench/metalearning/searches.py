"""Real searches, cold and warm: how many seconds a warm one needs for what the cold one ends with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from bench.automl.environments import table_packages
from bench.automl.tables import TABLES
from bench.automl.trial import error_of, split_rows
from bench.metalearning.lookup import Entry, Lookup, read
from bench.metalearning.memory import histories
from maestro_ml.engine.automl import AutoMLEngine, Prior
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning import HistoryPrior

WARM_BUDGETS = (5.0, 10.0, 20.0, 40.0)


@dataclass(frozen=True)
class Searched:
    """What a search of so many seconds hands back is worth: its error on held-back rows."""

    table: str
    arm: str
    budget: float
    source: str
    seconds: float
    error: float


def search_all(tables: Sequence[str], budget: float, out: Path) -> str:
    """Search each table cold for `budget` seconds, and warm (with the memory of all tables of other
    data sets) for longer and longer until the model is as good on held-back rows; the report."""
    out.parent.mkdir(exist_ok=True)
    done = _read(out)
    lookup = read()
    for name in tables:
        cold = _search(done, lookup, name, "cold", budget, out)
        for seconds in WARM_BUDGETS:
            warm = _search(done, lookup, name, "warm", seconds, out)
            if warm.error <= cold.error:
                break
    return _report([found for found in done if found.table in tables], tables, budget)


def _search(
    done: list[Searched], lookup: Lookup, table: str, arm: str, budget: float, out: Path
) -> Searched:
    for found in done:
        if (found.table, found.arm, found.budget) == (table, arm, budget):
            return found
    searched = _searched(lookup, table, arm, budget)
    done.append(searched)
    with out.open("a") as file:
        file.write(json.dumps(asdict(searched)) + "\n")
    print(f"{table:14} {arm} {budget:3.0f} s {searched.error:.5f} {searched.source}", flush=True)
    return searched


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
    return Searched(name, arm, budget, result.start.source, result.seconds, error)


def _others(lookup: Lookup, table: str) -> list[Entry]:
    bases = {entry.base for entry in lookup.entries if entry.table == table}
    return [entry for entry in lookup.entries if entry.base not in bases]


def _report(done: Sequence[Searched], tables: Sequence[str], budget: float) -> str:
    rows = []
    for table in tables:
        cold = next(s for s in done if (s.table, s.arm, s.budget) == (table, "cold", budget))
        warm = [s for s in done if s.table == table and s.arm == "warm" and s.error <= cold.error]
        first = min(warm, key=lambda s: s.budget, default=None)
        rows.append(
            {
                "table": table,
                "cold error": cold.error,
                "warm error": first.error if first else float("nan"),
                "warm seconds": first.seconds if first else float("inf"),
            }
        )
    found = pd.DataFrame(rows).set_index("table")
    seconds = found["warm seconds"]
    return (
        f"{found.round(5).to_string()}\n\nSeconds of a warm search that is as good on held-back rows "
        f"as a cold one of {budget:.0f} s: median {seconds.median():.1f} over {len(found)} tables (aim: "
        f"20); not within {max(WARM_BUDGETS):.0f} s on {int(np.isinf(seconds).sum())}"
    )


def _read(out: Path) -> list[Searched]:
    if not out.is_file():
        return []
    return [Searched(**json.loads(line)) for line in out.read_text().splitlines()]
