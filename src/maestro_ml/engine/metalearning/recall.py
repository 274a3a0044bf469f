"""From past tasks to a start: which are alike, whether they pay, and what they say for each pick."""

from collections.abc import Mapping, Sequence

import numpy as np

from maestro_ml.engine.automl import SimilarTask, Start, StartingOrder, StartReason, StartSource
from maestro_ml.engine.metalearning.evidence import Evidence
from maestro_ml.engine.metalearning.past import PastTask
from maestro_ml.engine.metalearning.portfolio import Pick, interleave, regret_after
from maestro_ml.engine.metalearning.similarity import similarity

_OTHER_METRIC = 0.8
# More tasks add nothing but time.
_MOST_TASKS = 40
_JUDGED_AT = (4, 8, 16)
_TOLD_TASKS = 3


def similar_tasks(
    past: Sequence[PastTask],
    task: str,
    metric: str,
    meta_features: Mapping[str, float],
    least: float,
) -> list[tuple[PastTask, float]]:
    """Past tasks of the same kind with their similarity (at least `least`), most similar first.

    Tasks that nothing was learned on are left out.
    """
    found = []
    for other in past:
        if other.task != task or all(regret is None for regret in other.regrets()):
            continue
        alike = similarity(meta_features, other.meta_features)
        alike *= 1.0 if other.metric == metric else _OTHER_METRIC
        if alike >= least:
            found.append((other, alike))
    found.sort(key=lambda pair: (-pair[1], pair[0].key))
    return found[:_MOST_TASKS]


def replayed_gain(evidence: Evidence, n_defaults: int) -> float:
    """Regret that the past would have spared each of its own tasks, were it started from the others.

    The weighted mean over tasks of the regret after 4, 8 and 16 trials of the defaults less that of
    the picks in turn with the defaults; negative when the past misleads.
    """
    spared = np.zeros(len(evidence.tasks))
    defaults = list(range(n_defaults))
    for number, task in enumerate(evidence.tasks):
        similarities = np.array(
            [similarity(task.meta_features, t.meta_features) for t in evidence.tasks]
        )
        order = [
            pick.candidate
            for pick in interleave(evidence.without(number, similarities), n_defaults)
        ]
        regrets = evidence.regrets[number]
        spared[number] = np.mean(
            [
                regret_after(regrets, defaults, k) - regret_after(regrets, order, k)
                for k in _JUDGED_AT
            ]
        )
    return float(np.average(spared, weights=evidence.weights))


def starting_order(
    evidence: Evidence, n_defaults: int, source: StartSource, note: str
) -> StartingOrder:
    """The candidates in their order, and for each pick the tasks that gained most by it."""
    picks = interleave(evidence, n_defaults)
    names = [evidence.candidates[pick.candidate].name for pick in picks]
    recalled = [
        (name, pick) for name, pick in zip(names, picks, strict=True) if pick.gains is not None
    ]
    return StartingOrder(
        tuple(evidence.candidates[pick.candidate] for pick in picks),
        Start(source, tuple(_reason(evidence, name, pick) for name, pick in recalled), note),
        frozenset(name for name, _ in recalled),
    )


def _reason(evidence: Evidence, name: str, pick: Pick) -> StartReason:
    assert pick.gains is not None
    gained = evidence.weights * pick.gains
    speaking = [int(t) for t in np.argsort(-gained, kind="stable") if gained[t] > 0]
    return StartReason(
        name,
        tuple(
            SimilarTask(
                evidence.tasks[t].key,
                evidence.tasks[t].name,
                round(float(evidence.similarities[t]), 4),
                round(float(evidence.regrets[t, pick.candidate]), 4),
            )
            for t in speaking[:_TOLD_TASKS]
        ),
    )
