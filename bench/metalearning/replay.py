"""Replays every strategy on every table, with the memory of all other data sets where it has one."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import optuna

from bench.metalearning.lookup import Entry, Floats, Lookup
from bench.metalearning.memory import (
    histories,
    history_alone,
    reversed_scores,
    shuffled,
    unlike,
    warm_start,
)
from bench.metalearning.strategies import (
    Setting,
    cold_tpe,
    defaults_first,
    flaml_zero_shot,
    random_order,
    space_filling,
)

EVALUATIONS = (1, 2, 4, 8, 16)
WARM, DEFAULTS, LIBRARY, TPE = "warm start", "our default portfolio", "library defaults", "cold TPE"
RANDOM, ALONE, SHUFFLED = "random", "history alone", "history alone, shuffled"
AGAIN = "warm start, searched before"
MISLED, UNLIKE = "warm start, reversed history", "warm start, unlike history"

_COLD: dict[str, Callable[[Setting, int], list[int]]] = {
    DEFAULTS: defaults_first("default"),
    LIBRARY: defaults_first("library"),
    "space-filling": space_filling,
    RANDOM: random_order,
    TPE: cold_tpe,
    "FLAML zero-shot": flaml_zero_shot,
}


@dataclass
class Curves:
    """Regrets after so many evaluations, a row (tables, EVALUATIONS) for each table, mean over the
    seeds: of the best configuration so far on the rows that it is chosen by, and on others."""

    bases: list[str] = field(default_factory=list)
    chosen: dict[str, list[Floats]] = field(default_factory=dict)
    held_back: dict[str, list[Floats]] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)

    def add(self, arm: str, entry: Entry, orders: Sequence[list[int]]) -> None:
        """The orders of all seeds on one table."""
        own, other = entry.regrets(held_back=False), entry.regrets(held_back=True)
        curves = [_curve(own[order], other[order]) for order in orders]
        self.chosen.setdefault(arm, []).append(np.mean([c for c, _ in curves], axis=0))
        self.held_back.setdefault(arm, []).append(np.mean([c for _, c in curves], axis=0))


def replay(lookup: Lookup, seeds: int) -> Curves:
    """All arms on all tables."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    curves = Curves()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in lookup.entries:
            curves.bases.append(entry.base)
            _replay_table(lookup, entry, range(seeds), curves)
    return curves


def _replay_table(lookup: Lookup, entry: Entry, seeds: range, curves: Curves) -> None:
    setting = Setting.of(lookup, entry)
    others = [o for o in lookup.entries if o.base != entry.base and o.task == entry.task]
    for arm, strategy in _COLD.items():
        curves.add(arm, entry, [strategy(setting, seed) for seed in seeds])
    history = histories(lookup, others)
    order, source = warm_start(setting, history)
    curves.sources[source] += 1
    curves.add(WARM, entry, [order])
    curves.add(ALONE, entry, [history_alone(setting, history, seed) for seed in seeds])
    mixed = [histories(lookup, others, shuffled(seed)) for seed in seeds]
    curves.add(
        SHUFFLED,
        entry,
        [history_alone(setting, past, seed) for seed, past in zip(seeds, mixed, strict=True)],
    )
    misled = histories(lookup, others, reversed_scores)
    curves.add(MISLED, entry, [warm_start(setting, misled)[0]])
    curves.add(UNLIKE, entry, [warm_start(setting, unlike(history, entry))[0]])


def replay_again(lookup: Lookup, seeds: int) -> Curves:
    """Tables that were searched before on other rows (another split), as in a monthly training."""
    curves = Curves()
    for entry in lookup.entries:
        if len(lookup.splits[entry.table]) < 2:
            continue
        now, before, *_ = lookup.splits[entry.table]
        curves.bases.append(entry.base)
        setting = Setting.of(lookup, now)
        others = [o for o in lookup.entries if o.base != entry.base and o.task == entry.task]
        for arm in (DEFAULTS, LIBRARY, TPE):
            curves.add(arm, now, [_COLD[arm](setting, seed) for seed in range(seeds)])
        order, source = warm_start(setting, histories(lookup, [*others, before]))
        curves.sources[source] += 1
        curves.add(AGAIN, now, [order])
    return curves


def _curve(own: Floats, other: Floats) -> tuple[Floats, Floats]:
    best = [int(np.argmin(own[:count])) for count in EVALUATIONS]
    return own[best], other[best]
