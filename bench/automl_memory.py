"""Peak memory of AutoML searches on great tables: all processes, shared pages counted once.

python -m bench.automl_memory [--budget 60] [--cores 2]
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import psutil

from maestro_ml.engine.automl import AutoMLEngine, usable_cores
from maestro_ml.engine.automl.memory import proportional_mb

GOAL_MB = 3 * 1024


@dataclass(frozen=True)
class Setting:
    """A table of rows x columns numbers, and what its trials may use together."""

    rows: int
    columns: int
    memory_limit: float | None


SETTINGS = (Setting(50_000, 100, None), Setting(100_000, 500, 4000.0))


class PeakMemory(threading.Thread):
    """Watches this process and its children until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        """Look ten times a second."""
        own = psutil.Process()
        while not self.over.wait(0.1):
            pids = [os.getpid(), *(child.pid for child in own.children(recursive=True))]
            self.peak_mb = max(self.peak_mb, sum(map(proportional_mb, pids)))


def table(setting: Setting) -> tuple[pd.DataFrame, pd.Series]:
    """Numbers of which ten tell the class."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(setting.rows, setting.columns))
    signal = values[:, :10].sum(axis=1) + np.abs(values[:, 10]) + rng.normal(size=setting.rows)
    names = [f"x{i}" for i in range(setting.columns)]
    return pd.DataFrame(values, columns=names), pd.Series((signal > 0).astype(int), name="y")


def measure(setting: Setting, budget: float, cores: int) -> None:
    """Search once and print the peak, the time and what came of it."""
    features, target = table(setting)
    watch = PeakMemory()
    watch.start()
    began = time.perf_counter()
    result = AutoMLEngine(budget, n_jobs=cores, memory_limit=setting.memory_limit).fit(
        features, target
    )
    seconds = time.perf_counter() - began
    watch.over.set()
    watch.join()
    limit = f"{setting.memory_limit:.0f} MB" if setting.memory_limit else "none given"
    print(
        f"{setting.rows:>7,} x {setting.columns:<3} peak {watch.peak_mb:>5.0f} MB   "
        f"trials' limit {limit:>10}   {seconds:.1f} s of {budget:g}   "
        f"{len(result.leaderboard)} rows, best {result.best.name} {result.best.score:.4f}",
        flush=True,
    )


def main() -> None:
    """Measure each table, with the table itself in memory as the caller holds it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds a search")
    parser.add_argument("--cores", type=int, default=usable_cores())
    options = parser.parse_args()
    for setting in SETTINGS:
        measure(setting, options.budget, options.cores)
    print(f"(aim: {SETTINGS[0].rows:,} x {SETTINGS[0].columns} in at most {GOAL_MB:,} MB)")


if __name__ == "__main__":
    main()
