"""The prior that ships with the package: how configurations did on public tables."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from maestro_ml.engine.automl import Candidate, StartingOrder
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning.evidence import gather
from maestro_ml.engine.metalearning.past import PastTask, PastTrial
from maestro_ml.engine.metalearning.recall import similar_tasks, starting_order

_FILE = "public_prior.json"


class PublicPrior:
    """Starts with what was best on public tables, the more similar the more, in turn with the
    defaults.

    The tables and how they were evaluated: `python -m bench.metalearning --build`.
    """

    def __init__(self, tables: Sequence[PastTask] | None = None) -> None:
        """`tables` replace those that are shipped."""
        self._tables = tuple(shipped_tables() if tables is None else tables)

    def order(
        self,
        problem: Problem,
        meta_features: Mapping[str, float],
        defaults: Sequence[Candidate],
    ) -> StartingOrder:
        """The order to start in; the defaults' own when no public table is of this kind of task."""
        alike = similar_tasks(
            self._tables, problem.task.value, problem.metric.name, meta_features, 0.0
        )
        if not alike:
            return Defaults().order(problem, meta_features, defaults)
        evidence = gather([t for t, _ in alike], [w for _, w in alike], defaults)
        note = (
            f"From {len(alike)} public tables that the package brings, in turn with the defaults."
        )
        return starting_order(evidence, len(defaults), "public", note)


def shipped_tables() -> tuple[PastTask, ...]:
    """Read the public tables' evaluations from the package."""
    text = resources.files(__package__).joinpath(_FILE).read_text()
    return tuple(_task(written) for written in json.loads(text)["tables"])


def _task(written: Mapping[str, Any]) -> PastTask:
    return PastTask(
        key=f"public:{written['name']}",
        name=written["name"],
        task=written["task"],
        metric=written["metric"],
        meta_features=written["meta_features"],
        trials=tuple(
            PastTrial(name, family, params, score, seconds)
            for name, family, params, score, seconds in written["trials"]
        ),
    )
