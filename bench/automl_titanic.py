"""Titanic within a budget: models, overshoot, and ROC AUC against LightGBM on the same splits.

python -m bench.automl_titanic --budget 60 --seeds 5
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import psutil
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from maestro_ml.engine.automl import AutoMLEngine, SearchEvent, TrialFinished

TABLE = Path(__file__).parents[1] / "examples" / "data" / "titanic.csv"
TARGET = "survived"


@dataclass(frozen=True)
class Run:
    """One seed: the engine and LightGBM's default on the same 70/30 split."""

    seed: int
    models: int
    first_model: float
    seconds: float
    auc: float
    lightgbm_auc: float
    row_ms: float
    other_load: float


def measure(table: pd.DataFrame, budget: float, seed: int, jobs: int | None) -> Run:
    """Search on 70 % of the rows, score the held-back 30 %."""
    train, test = train_test_split(table, test_size=0.3, random_state=seed, stratify=table[TARGET])
    features = train.drop(columns=TARGET)
    first: list[float] = []

    def note_first(event: SearchEvent) -> None:
        if isinstance(event, TrialFinished) and event.family != "baseline" and not first:
            first.append(event.elapsed)

    before, started = _cpu_seconds(), time.perf_counter()
    result = AutoMLEngine(budget, seed=seed, n_jobs=jobs).fit(
        features, train[TARGET], callbacks=[note_first]
    )
    seconds = time.perf_counter() - started
    other_load = _foreign_cpu(before, seconds)
    rows = test.drop(columns=TARGET)
    return Run(
        seed=seed,
        models=sum(row.family not in {"baseline", "ensemble"} for row in result.leaderboard),
        first_model=first[0],
        seconds=seconds,
        auc=roc_auc_score(test[TARGET], result.model.predict_proba(rows)[:, 1]),
        lightgbm_auc=_lightgbm_auc(train, test, seed),
        row_ms=_row_milliseconds(lambda: result.model.predict(rows.iloc[:1])),
        other_load=other_load,
    )


def _lightgbm_auc(train: pd.DataFrame, test: pd.DataFrame, seed: int) -> float:
    words = train.select_dtypes(exclude="number").columns
    kinds = {name: pd.CategoricalDtype(sorted(train[name].dropna().unique())) for name in words}
    model = lgb.LGBMClassifier(random_state=seed, verbose=-1)
    model.fit(train.drop(columns=TARGET).astype(kinds), train[TARGET])
    shares = model.predict_proba(test.drop(columns=TARGET).astype(kinds))
    return float(roc_auc_score(test[TARGET], np.asarray(shares)[:, 1]))


def _row_milliseconds(predict: object) -> float:
    assert callable(predict)
    predict()
    times = []
    for _ in range(50):
        started = time.perf_counter()
        predict()
        times.append(time.perf_counter() - started)
    return 1e3 * float(np.median(times))


def _cpu_seconds() -> tuple[float, float]:
    """Busy CPU seconds of the machine, and those of this process with its children."""
    machine, own = psutil.cpu_times(), os.times()
    busy = machine.user + machine.system + machine.nice
    return busy, own.user + own.system + own.children_user + own.children_system


def _foreign_cpu(before: tuple[float, float], seconds: float) -> float:
    """Cores that other programs used in the meantime."""
    busy, own = (now - then for now, then in zip(_cpu_seconds(), before, strict=True))
    return max(0.0, (busy - own) / seconds)


def main() -> None:
    """Print a row for each seed and their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds for each search")
    parser.add_argument("--seeds", type=int, default=5, help="number of splits")
    parser.add_argument("--jobs", type=int, default=None, help="cores (default: all usable)")
    options = parser.parse_args()
    table = pd.read_csv(TABLE)
    runs = []
    print(
        f"{'seed':>4} {'models':>6} {'first s':>8} {'wall s':>7} {'overshoot':>9} "
        f"{'AUC':>7} {'LightGBM':>8} {'gain':>8} {'row ms':>7} {'other cores':>11}"
    )
    for seed in range(options.seeds):
        run = measure(table, options.budget, seed, options.jobs)
        runs.append(run)
        print(
            f"{seed:>4} {run.models:>6} {run.first_model:>8.2f} {run.seconds:>7.1f} "
            f"{run.seconds / options.budget - 1:>9.1%} {run.auc:>7.4f} {run.lightgbm_auc:>8.4f} "
            f"{run.auc - run.lightgbm_auc:>+8.4f} {run.row_ms:>7.2f} {run.other_load:>11.2f}",
            flush=True,
        )
    gains = np.array([run.auc - run.lightgbm_auc for run in runs])
    error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else float("nan")
    print(f"mean gain {gains.mean():+.4f} +- {error:.4f} (standard error over splits)")


if __name__ == "__main__":
    main()
