"""The prior that a team's own past searches give."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from maestro_ml.engine.automl import Candidate, Prior, StartingOrder
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.metalearning.evidence import gather
from maestro_ml.engine.metalearning.past import PastTask
from maestro_ml.engine.metalearning.public import PublicPrior
from maestro_ml.engine.metalearning.recall import replayed_gain, similar_tasks, starting_order

# Fewer tasks than this, or less alike, are no experience.
LEAST_TASKS = 3
LEAST_SIMILARITY = 0.2


class HistoryPrior:
    """Starts with what was best on similar past tasks, in turn with the defaults.

    With fewer than three similar tasks, or when the past searches among themselves would have
    started no better so than with the defaults, it hands over to `otherwise` (the public tables).
    The same tasks give the same order, whatever order they are given in.
    """

    def __init__(self, past_tasks: Sequence[PastTask], *, otherwise: Prior | None = None) -> None:
        self._past = tuple(past_tasks)
        self._otherwise = otherwise or PublicPrior()

    def order(
        self,
        problem: Problem,
        meta_features: Mapping[str, float],
        defaults: Sequence[Candidate],
    ) -> StartingOrder:
        """The order to start in, its reasons, and a note on how much experience it stands on."""
        alike = similar_tasks(
            self._past, problem.task.value, problem.metric.name, meta_features, LEAST_SIMILARITY
        )
        found = f"{len(alike)} of {len(self._past)} past searches are similar to this one"
        if len(alike) < LEAST_TASKS:
            why = f"{found}; at least {LEAST_TASKS} are needed to start from them."
        else:
            evidence = gather([t for t, _ in alike], [w for _, w in alike], defaults)
            gain = replayed_gain(evidence, len(defaults))
            if gain > 0:
                note = (
                    f"{found} (similarity {alike[-1][1]:.2f} to {alike[0][1]:.2f}). Started from each "
                    f"other they would have had {gain:.3f} less regret than from the defaults."
                )
                return starting_order(evidence, len(defaults), "history", note)
            why = f"{found}, but started from each other they would not have done better."
        order = self._otherwise.order(problem, meta_features, defaults)
        return replace(order, start=replace(order.start, note=f"{why} {order.start.note}"))
