"""The lookup table: what each configuration scored on each public table, and what that took."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from maestro_ml.engine.automl import Candidate, Learner
from maestro_ml.engine.metalearning import PastTask, PastTrial
from maestro_ml.engine.metalearning.configurations import configuration_key

FILE = Path(__file__).with_name("evaluations.json.gz")
# Tables with rows of the same origin are left out together.
_SAME_DATA = {"titanic_names": "titanic", "loans_rate": "lending_club"}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Configuration:
    """A configuration and the groups it is of: default, library, drawn."""

    candidate: Candidate
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One table. `valid` and `test` are scores (C,), means over its splits, greater is better, NaN
    where one failed; `applies` (C,) tells which configurations have a use on the table; `seconds`
    (C,) are those of one fit."""

    table: str
    task: str
    metric: str
    classes: int
    rows: int
    meta_features: dict[str, float]
    applies: npt.NDArray[np.bool_]
    valid: Floats
    test: Floats
    seconds: Floats
    constant_valid: float
    constant_test: float

    @property
    def base(self) -> str:
        """The data set that the table is of."""
        return _SAME_DATA.get(self.table, self.table)

    def regrets(self, *, held_back: bool) -> Floats:
        """(C,) from 0, the best of the table, to 1, no better than the best constant or failed; NaN
        where a configuration has no use. On held-back rows, or on those that a search sees."""
        scores, constant = (
            (self.test, self.constant_test) if held_back else (self.valid, self.constant_valid)
        )
        best = np.nanmax(scores[self.applies])
        regrets = np.clip((best - scores) / max(best - constant, 1e-12), 0.0, 1.0)
        return np.where(self.applies, np.nan_to_num(regrets, nan=1.0), np.nan)


@dataclass(frozen=True)
class Lookup:
    """All configurations (C,), an entry for each table, and one for each split of each table."""

    configurations: tuple[Configuration, ...]
    entries: tuple[Entry, ...]
    splits: Mapping[str, tuple[Entry, ...]]

    def group(self, name: str, entry: Entry) -> list[int]:
        """Numbers of a group's configurations that have a use on a table, in their order."""
        return [
            number
            for number, configuration in enumerate(self.configurations)
            if name in configuration.groups and entry.applies[number]
        ]


def read(file: Path = FILE) -> Lookup:
    """Read what `write` wrote."""
    said = json.loads(gzip.decompress(file.read_bytes()))
    configurations = tuple(
        Configuration(_candidate(c), tuple(c["groups"])) for c in said["configurations"]
    )
    splits: dict[str, list[dict[str, Any]]] = {}
    for entry in said["entries"]:
        splits.setdefault(entry["table"], []).append(entry)
    count = len(configurations)
    return Lookup(
        configurations,
        tuple(_entry(own, count) for own in splits.values()),
        {table: tuple(_entry([split], count) for split in own) for table, own in splits.items()},
    )


def write(lines: Sequence[dict[str, Any]], file: Path = FILE) -> None:
    """Compress the lines that `bench.metalearning.evaluate` writes; the same lines, the same bytes."""
    places: dict[str, int] = {}
    configurations: list[dict[str, Any]] = []
    entries = []
    for line in sorted(lines, key=lambda line: (line["table"], line["repeat"])):
        constant, *trials = line["trials"]
        rows = []
        for trial in trials:
            key = configuration_key(trial["family"], trial["params"])
            if key not in places:
                places[key] = len(places)
                configurations.append({n: trial[n] for n in ("name", "family", "params", "groups")})
            rows.append(
                [places[key], *(_short(trial.get(n)) for n in ("valid", "test", "seconds"))]
            )
        said = {name: line[name] for name in line if name != "trials"}
        entries.append(
            said | {"constant": [_short(constant[n]) for n in ("valid", "test")], "trials": rows}
        )
    text = json.dumps({"configurations": configurations, "entries": entries}, indent=0)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def past_task(lookup: Lookup, entry: Entry, scores: Floats | None = None) -> PastTask:
    """The entry as a search would have left it, with `scores` (C,) instead of its own when given."""
    scores = entry.valid if scores is None else scores
    trials = [PastTrial("constant", "baseline", {}, entry.constant_valid, 0.0)]
    for number in np.flatnonzero(entry.applies):
        candidate = lookup.configurations[number].candidate
        score = float(scores[number])
        trials.append(
            PastTrial(
                candidate.name,
                candidate.family,
                candidate.params,
                score if np.isfinite(score) else None,
                float(entry.seconds[number]),
            )
        )
    return PastTask(
        entry.table, entry.table, entry.task, entry.metric, entry.meta_features, tuple(trials)
    )


def no_learner(**_: Any) -> Learner:
    """Stands for the learner of a configuration that is looked up and never fitted."""
    raise NotImplementedError("This candidate is looked up, not fitted.")


def _candidate(said: dict[str, Any]) -> Candidate:
    instant = said["name"] == "linear"  # as in the default portfolio
    return Candidate(said["name"], said["family"], no_learner, said["params"], instant=instant)


def _entry(splits: Sequence[dict[str, Any]], count: int) -> Entry:
    """The splits of one table as one: the means of their scores and seconds."""
    figures = np.full((len(splits), count, 3), np.nan)
    applies = np.ones(count, dtype=bool)
    for place, split in enumerate(splits):
        known = [number for number, *_ in split["trials"]]
        applies &= np.isin(np.arange(count), known)
        for number, *trial in split["trials"]:
            figures[place, number] = [np.nan if figure is None else figure for figure in trial]
    valid, test, seconds = figures.mean(axis=0).T
    constant_valid, constant_test = np.mean([split["constant"] for split in splits], axis=0)
    first = splits[0]
    return Entry(
        table=first["table"],
        task=first["task"],
        metric=first["metric"],
        classes=first["classes"],
        rows=first["rows"],
        meta_features=first["meta_features"],
        applies=applies,
        valid=valid,
        test=test,
        seconds=np.nan_to_num(seconds),
        constant_valid=float(constant_valid),
        constant_test=float(constant_test),
    )


def _short(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.6g}")
