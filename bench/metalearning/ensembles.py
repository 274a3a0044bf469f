"""What the first evaluations are worth to the model that is handed back: the ensemble of them.

Needs the predictions that `bench.metalearning.evaluate` leaves beside its scores.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import optuna

from bench.metalearning.evaluate import EVALUATIONS, FOLDER
from bench.metalearning.gates import interval
from bench.metalearning.lookup import Entry, Floats, Lookup
from bench.metalearning.memory import histories, warm_start
from bench.metalearning.replay import DEFAULTS, LIBRARY, RANDOM, TPE, WARM
from bench.metalearning.strategies import Setting, cold_tpe, defaults_first, random_order
from maestro_ml.engine.automl.assemble import MAX_MEMBERS
from maestro_ml.engine.automl.ensemble import greedy_weights, mix
from maestro_ml.engine.automl.metrics import resolve_metric
from maestro_ml.engine.automl.tasks import Task
from maestro_ml.engine.metalearning.configurations import configuration_key

_COUNTS = (4, 8, 16)


def report(lookup: Lookup, seeds: int) -> str:
    """Mean regrets on held-back rows of ensembles of the first evaluations, and differences."""
    if not EVALUATIONS.is_file():
        return "No predictions here: run `python -m bench.metalearning.evaluate` first."
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    bases, found = [], dict[str, list[Floats]]()
    for entry in lookup.entries:
        bases.append(entry.base)
        orders = _orders(lookup, entry, range(seeds))
        splits = [_Split(lookup, line) for line in _lines(entry.table)]
        for arm, own in orders.items():
            regrets = [split.regrets(order) for split in splits for order in own]
            found.setdefault(arm, []).append(np.mean(regrets, axis=0))
    lines = [f"Mean regret in % on held-back rows of ensembles after {_COUNTS} evaluations:"]
    lines += [f"{arm:24} {np.round(100 * np.mean(rows, axis=0), 2)}" for arm, rows in found.items()]
    for arm in (DEFAULTS, LIBRARY, TPE, RANDOM):
        for place, count in enumerate(_COUNTS):
            difference = np.array(found[WARM])[:, place] - np.array(found[arm])[:, place]
            mean, low, high = interval(difference, bases)
            lines.append(f"@{count:<2} {WARM} - {arm:22} {mean:+.4f} [{low:+.4f}, {high:+.4f}]")
    return "\n".join(lines)


def _orders(lookup: Lookup, entry: Entry, seeds: range) -> dict[str, list[list[int]]]:
    setting = Setting.of(lookup, entry)
    others = [o for o in lookup.entries if o.base != entry.base and o.task == entry.task]
    return {
        WARM: [warm_start(setting, histories(lookup, others))[0]],
        DEFAULTS: [defaults_first("default")(setting, 0)],
        LIBRARY: [defaults_first("library")(setting, seed) for seed in seeds],
        TPE: [cold_tpe(setting, seed) for seed in seeds],
        RANDOM: [random_order(setting, seed) for seed in seeds],
    }


class _Split:
    """The kept predictions of one split of a table."""

    def __init__(self, lookup: Lookup, line: dict[str, Any]) -> None:
        with np.load(FOLDER / f"{line['table']}-{line['repeat']}.npz") as kept:
            self._kept = {name: kept[name].astype(np.float64) for name in kept}
        constant, *trials = line["trials"]
        places = {
            configuration_key(t["family"], t["params"]): place
            for place, t in enumerate(trials, start=1)
            if t["valid"] is not None
        }
        keys = [
            configuration_key(c.candidate.family, c.candidate.params) for c in lookup.configurations
        ]
        self._places = {n: places[key] for n, key in enumerate(keys) if key in places}
        self._metric = resolve_metric(line["metric"], Task(line["task"]), line["classes"])
        self._best = max(trial["test"] for trial in trials if trial["test"] is not None)
        self._constant = constant["test"]

    def regrets(self, order: Sequence[int]) -> Floats:
        """After each count: 0 for the best single configuration on the held-back rows, negative when
        the ensemble is better than any."""
        return np.array([self._regret(order[:count]) for count in _COUNTS])

    def _regret(self, order: Sequence[int]) -> float:
        own = [self._places[number] for number in order if number in self._places]
        weighting = greedy_weights(
            [self._kept[f"valid{place}"] for place in own],
            self._kept["valid"],
            self._metric,
            max_members=MAX_MEMBERS,
            out_of_time=lambda: False,
        )
        mixed = mix([self._kept[f"test{place}"] for place in own], weighting.weights)
        score = self._metric.score(self._kept["test"], mixed)
        return float((self._best - score) / max(self._best - self._constant, 1e-12))


def _lines(table: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in EVALUATIONS.read_text().splitlines()]
    return [line for line in lines if line["table"] == table]
