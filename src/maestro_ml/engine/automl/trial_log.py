"""A search's finished trials in a folder, so that one that was interrupted goes on from there.

`search.json` says which table and settings the trials belong to. Each trial is a file: a line of
JSON for people, then the pickled result, which is only read back from a folder that the caller names.
"""

import hashlib
import json
import os
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from maestro_ml.engine.automl.agenda import Planned
from maestro_ml.engine.automl.errors import TrialLogMismatchError
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.runner import Ended, TrialRunner

_FORMAT = 1
_HEADER = "search.json"
# What a fingerprint's parts are called when they differ.
_PARTS = {
    "features": "the features",
    "target": "the target",
    "folds": "how rows are validated (the split, or a budget that allows more or fewer folds)",
    "metric": "the metric",
    "task": "the task",
    "seed": "the seed",
    "format": "the version that wrote it",
}


class TrialLog:
    """The trials of one problem in one folder."""

    def __init__(self, folder: Path, problem: Problem) -> None:
        """Open or begin a log. Raises TrialLogMismatchError when it belongs to another search."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        header, own = folder / _HEADER, _fingerprint(problem)
        if header.exists():
            _check_same(folder, json.loads(header.read_text()), own)
        else:
            _write(header, json.dumps(own, indent=2).encode())

    def find(self, planned: Planned) -> Ended | None:
        """The trial on these folds, or None when there is none or its file is damaged."""
        try:
            head, body = self._file(planned).read_bytes().split(b"\n", 1)
            if json.loads(head)["digest"] != _digest(body):
                return None
        except (FileNotFoundError, ValueError, KeyError):
            return None
        found: Ended = pickle.loads(body)  # noqa: S301  (what this class wrote, by its digest)
        return found

    def keep(self, planned: Planned, ended: Ended) -> None:
        """Write a trial's result; it is there as a whole or not at all."""
        candidate, body = planned.candidate, pickle.dumps(ended)
        outcome = ended.result and ended.result.outcome
        head = {
            "name": candidate.name,
            "family": candidate.family,
            "params": dict(candidate.params),
            "folds": [planned.folds.start, planned.folds.stop],
            "fold_scores": outcome.fold_scores if outcome else (),
            "reason": ended.reason,
            "seconds": ended.seconds,
            "digest": _digest(body),
        }
        line = json.dumps(head, default=str).encode()
        _write(self._file(planned), line + b"\n" + body)

    def _file(self, planned: Planned) -> Path:
        candidate = planned.candidate
        params = sorted((name, repr(value)) for name, value in candidate.params.items())
        key = repr((candidate.name, candidate.family, params, planned.folds, planned.rival))
        return self._folder / f"{_digest(key.encode())}.trial"


class LoggedTrials:
    """Runs trials elsewhere and keeps their results; those that the log has are not run again."""

    def __init__(self, runner: TrialRunner, folder: Path) -> None:
        self._runner = runner
        self._folder = folder
        self._log: TrialLog | None = None
        self._loaded = False
        self._running: dict[int, Planned] = {}
        self._known: dict[int, Ended] = {}

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._runner.__exit__(*raised)

    @property
    def cores(self) -> int:
        """Cores that trials may use together."""
        return self._runner.cores

    def load(self, problem: Problem) -> Problem:
        """Open the problem's log, too. Raises TrialLogMismatchError.

        A second layer's problem is made of logged trials and its own are few: they are run again.
        """
        self._log = None if self._loaded else TrialLog(self._folder, problem)
        self._loaded = True
        return self._runner.load(problem)

    @property
    def ready(self) -> bool:
        """True when a trial would start at once."""
        return self._runner.ready

    def start(self, planned: Planned, seconds: float) -> None:
        """Begin a trial, or have `collect` tell what the log has of it."""
        known = self._log.find(planned) if self._log else None
        if known is not None:
            self._known[planned.number] = replace(known, number=planned.number)
            return
        self._running[planned.number] = planned
        self._runner.start(planned, seconds)

    def kill(self, number: int, reason: str) -> None:
        """End a trial; one that the log has is over already."""
        if number in self._running:
            self._runner.kill(number, reason)

    def collect(self, seconds: float) -> list[Ended]:
        """Trials that ended, from the log first."""
        ended = self._runner.collect(0.0 if self._known else seconds)
        for each in ended:
            planned = self._running.pop(each.number)
            # What was killed may end otherwise when there is more time or memory.
            if self._log and each.result is not None:
                self._log.keep(planned, each)
        known, self._known = self._known, {}
        return [*known.values(), *ended]


def _fingerprint(problem: Problem) -> dict[str, Any]:
    folds = hashlib.blake2b(digest_size=16)
    for fold in problem.folds:
        folds.update(fold.train.tobytes())
        folds.update(fold.valid.tobytes())
    columns = repr([(column.name, column.levels) for column in problem.columns])
    return {
        "format": _FORMAT,
        "features": _digest(columns.encode(), np.ascontiguousarray(problem.X).data.cast("B")),
        "target": _digest(problem.y.tobytes()),
        "folds": folds.hexdigest(),
        "metric": problem.metric.name,
        "task": problem.task.value,
        "seed": problem.seed,
    }


def _check_same(folder: Path, theirs: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    other = [name for part, name in _PARTS.items() if theirs.get(part) != own[part]]
    if other:
        raise TrialLogMismatchError(
            f"The trials in {folder} belong to another search: what differs is {'; '.join(other)}. "
            "Give the same table and settings, or another folder."
        )


def _digest(*parts: bytes | memoryview) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    torn = path.with_suffix(".part")
    with torn.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    torn.replace(path)
