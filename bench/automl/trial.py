"""One framework on one split of one table, in a process of its own with a hard limit."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import psutil
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

from bench.automl.environments import python_of
from bench.automl.frameworks import MISSING
from bench.automl.tables import BINARY, REGRESSION
from bench.environments import ROOT

_METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
_POLL_SECONDS = 0.25
_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)


@dataclass(frozen=True)
class Job:
    """A framework, a table, the seed of the split, and the limits."""

    framework: str
    table: str
    seed: int
    budget: float
    cores: int
    variant: str = ""
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """The framework, with the variant of ours."""
        return f"{self.framework}-{self.variant}" if self.variant else self.framework


@dataclass(frozen=True)
class Record:
    """What came of a job. `error` is minimised (1 - AUC, log loss, RMSE); None when it failed.

    `constant_error` is that of the best constant. `cpu_share` is how much of its cores the process
    had: well below 1, the machine was busy with something else.
    """

    name: str
    table: str
    task: str
    seed: int
    budget: float
    rows: int
    error: float | None
    constant_error: float
    fit_seconds: float
    predict_seconds: float
    peak_mb: float
    cpu_share: float
    failure: str = ""
    info: dict[str, Any] = field(default_factory=dict)


def run(job: Job, features: pd.DataFrame, target: pd.Series, task: str) -> Record:
    """Fit on 70 % of the rows (stratified by class) and score the rest."""
    train, test = split_rows(target, task, job.seed)
    held = target.iloc[test]
    classes = [] if task == REGRESSION else sorted(target.unique())
    with tempfile.TemporaryDirectory(prefix="automl-") as place:
        folder = Path(place)
        _write(folder, job, features, target, task, train, test)
        seconds, peak, cpu, failure = _watch(folder, job)
        outcome: dict[str, Any] = {}
        error = None
        if not failure:
            outcome = json.loads((folder / "outcome.json").read_text())
            try:
                error = error_of(pd.read_csv(folder / "predictions.csv"), held, task, classes)
            except (ValueError, KeyError) as problem:
                failure = f"{type(problem).__name__}: {problem}"
    return Record(
        name=job.name,
        table=job.table,
        task=task,
        seed=job.seed,
        budget=job.budget,
        rows=len(train),
        error=error,
        constant_error=_constant_error(target.iloc[train], held, task, classes),
        fit_seconds=outcome.get("fit_seconds", seconds),
        predict_seconds=outcome.get("predict_seconds", 0.0),
        peak_mb=peak,
        cpu_share=cpu / max(seconds, 1e-3) / job.cores,
        failure=failure,
        info=outcome.get("info", {}),
    )


def split_rows(
    target: pd.Series, task: str, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers of the 70 % of the rows to learn from, and of those held back (stratified by class)."""
    stratify = None if task == REGRESSION else target
    train, test = train_test_split(
        np.arange(len(target)), test_size=0.3, random_state=seed, stratify=stratify
    )
    return train, test


def _write(
    folder: Path,
    job: Job,
    features: pd.DataFrame,
    target: pd.Series,
    task: str,
    train: npt.NDArray[np.int64],
    test: npt.NDArray[np.int64],
) -> None:
    kinds = {
        name: str(column.dtype) if pd.api.types.is_numeric_dtype(column) else "text"
        for name, column in features.items()
    }
    described = asdict(job) | {
        "task": task,
        "metric": _METRICS[task],
        "columns": kinds,
        "target": "float64" if task == REGRESSION else "text",
    }
    (folder / "task.json").write_text(json.dumps(described))
    table = features.assign(target=target)
    table.iloc[train].to_csv(folder / "train.csv", index=False, na_rep=MISSING)
    features.iloc[test].to_csv(folder / "test.csv", index=False, na_rep=MISSING)


def _watch(folder: Path, job: Job) -> tuple[float, float, float, str]:
    """Wall seconds, peak memory of the process tree in MB, CPU seconds, and what went wrong."""
    command = [python_of(job.framework), ROOT / "bench/automl/frameworks.py", folder]
    environment = os.environ | dict.fromkeys(_THREAD_LIMITS, str(job.cores))
    environment |= {
        "PYTHONPATH": str(ROOT / "src"),
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONWARNINGS": "ignore",
    }
    limit = 1.5 * job.budget + 60
    began, peak = time.perf_counter(), 0.0
    cpu: dict[int, float] = {}
    cores = sorted(os.sched_getaffinity(0))[-job.cores :]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            ["taskset", "-c", ",".join(map(str, cores)), *map(str, command)],
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        try:
            while process.poll() is None and time.perf_counter() - began < limit:
                tree = _tree(process.pid)
                peak = max(peak, sum(use.memory_mb for use in tree.values()))
                cpu |= {pid: use.cpu_seconds for pid, use in tree.items()}
                time.sleep(_POLL_SECONDS)
            failure = f"not done after {limit:.0f} s" if process.poll() is None else ""
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    seconds = time.perf_counter() - began
    if not failure and not (folder / "outcome.json").is_file():
        failure = (folder / "log.txt").read_text(errors="replace")[-600:] or "no outcome"
    return seconds, peak, sum(cpu.values()), failure


class _Use(NamedTuple):
    """Proportional set size (shared pages count once), and processor time so far."""

    memory_mb: float
    cpu_seconds: float


def _tree(pid: int) -> dict[int, _Use]:
    """The process and all below it, by their numbers."""
    found = {}
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                memory = process.memory_full_info().pss / 2**20
                found[process.pid] = _Use(memory, times.user + times.system)
    return found


def error_of(predicted: pd.DataFrame, held: pd.Series, task: str, classes: list[str]) -> float:
    """1 - AUC, log loss or RMSE; raises ValueError for predictions that cannot be scored."""
    if len(predicted) != len(held):
        raise ValueError(f"{len(predicted)} predictions for {len(held)} rows")
    if task == REGRESSION:
        return float(np.sqrt(np.mean((predicted["prediction"] - held.to_numpy()) ** 2)))
    shares = predicted.reindex(columns=classes, fill_value=0.0).to_numpy()
    if not np.isfinite(shares).all():
        raise ValueError("probabilities that are no numbers")
    if task == BINARY:
        return 1.0 - float(roc_auc_score(held == classes[1], shares[:, 1]))
    shares = np.clip(shares, 1e-7, 1.0)
    return float(log_loss(held, shares / shares.sum(axis=1, keepdims=True), labels=classes))


def _constant_error(train: pd.Series, held: pd.Series, task: str, classes: list[str]) -> float:
    if task == REGRESSION:
        return float(np.sqrt(np.mean((held - train.mean()) ** 2)))
    if task == BINARY:
        return 0.5
    shares = train.value_counts(normalize=True).reindex(classes, fill_value=0.0).clip(1e-7)
    return float(log_loss(held, np.tile(shares, (len(held), 1)), labels=classes))


if sys.platform != "linux":
    raise SystemExit("Cores are pinned with taskset, which only Linux has.")
