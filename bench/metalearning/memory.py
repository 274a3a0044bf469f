"""Our start from past searches, replayed; and histories that are right, shuffled or misleading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from bench.metalearning.coordinates import problem_of
from bench.metalearning.lookup import Entry, Floats, Lookup, past_task
from bench.metalearning.strategies import MOST, Setting, filled
from maestro_ml.engine.automl.probation import Probation
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning import HistoryPrior, PastTask, similarity
from maestro_ml.engine.metalearning.configurations import configuration_key
from maestro_ml.engine.metalearning.evidence import gather
from maestro_ml.engine.metalearning.portfolio import recall_only
from maestro_ml.engine.metalearning.recall import similar_tasks


def warm_start(setting: Setting, history: Sequence[PastTask]) -> tuple[list[int], str]:
    """What our engine evaluates with this history, and where it says that its start comes from.

    With fewer similar tasks than it needs, and when the history does not pay, these are the defaults.
    """
    defaults = [
        setting.lookup.configurations[n].candidate
        for n in setting.lookup.group("default", setting.entry)
    ]
    prior = HistoryPrior(history, otherwise=Defaults())
    started = prior.order(problem_of(setting.entry), setting.entry.meta_features, defaults)
    numbers = _numbers(setting.lookup)
    pending = list(enumerate(started.candidates))
    probation = Probation(pending, started.recalled)
    order: list[int] = []
    while pending and len(order) < MOST:
        place, candidate = pending.pop(0)
        number = numbers[configuration_key(candidate.family, candidate.params)]
        order.append(number)
        if probation.failed_by(place, -float(setting.entry.regrets(held_back=False)[number])):
            pending.sort(key=probation.is_recalled)
    return order, started.start.source


def history_alone(setting: Setting, history: Sequence[PastTask], seed: int) -> list[int]:
    """The picks from the past without defaults between them and without any check; then at random."""
    known = [configuration.candidate for configuration in setting.lookup.configurations]
    usable = [c for n, c in enumerate(known) if setting.entry.applies[n]]
    alike = similar_tasks(
        history, setting.entry.task, setting.entry.metric, setting.entry.meta_features, 0.0
    )
    evidence = gather([t for t, _ in alike], [w for _, w in alike], usable)
    numbers = _numbers(setting.lookup)
    picks = [evidence.candidates[place] for place in recall_only(evidence, MOST)]
    chosen = [numbers[configuration_key(c.family, c.params)] for c in picks]
    return filled(chosen, setting, seed)


def histories(
    lookup: Lookup, entries: Iterable[Entry], scores: Callable[[Entry], Floats] | None = None
) -> list[PastTask]:
    """Entries as past searches, with `scores` instead of their own when given."""
    return [past_task(lookup, e, None if scores is None else scores(e)) for e in entries]


def shuffled(seed: int) -> Callable[[Entry], Floats]:
    """Scores of an entry dealt out anew among its configurations."""

    def scores(entry: Entry) -> Floats:
        rng = np.random.default_rng([seed, *entry.table.encode()])
        dealt = entry.valid.copy()
        dealt[entry.applies] = rng.permutation(dealt[entry.applies])
        return dealt

    return scores


def reversed_scores(entry: Entry) -> Floats:
    """The best as good as the worst was, and so on: a history that misleads as much as it can."""
    order = np.argsort(np.where(entry.applies, np.nan_to_num(entry.valid, nan=-np.inf), np.inf))
    ranked = order[: int(entry.applies.sum())]
    found = entry.valid.copy()
    found[ranked] = entry.valid[ranked[::-1]]
    return found


def unlike(history: Sequence[PastTask], entry: Entry) -> list[PastTask]:
    """The least similar half of a history, passed off as just like the entry's table."""
    found = [task for task in history if task.task == entry.task]
    found.sort(key=lambda task: similarity(task.meta_features, entry.meta_features))
    return [
        replace(task, meta_features=entry.meta_features) for task in found[: (len(found) + 1) // 2]
    ]


def _numbers(lookup: Lookup) -> dict[str, int]:
    return {
        configuration_key(c.candidate.family, c.candidate.params): number
        for number, c in enumerate(lookup.configurations)
    }
