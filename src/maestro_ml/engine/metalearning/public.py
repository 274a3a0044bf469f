"""The prior that ships with the package: how configurations did on public tables."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from maestro_ml.engine.automl import Candidate, StartingOrder
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning.evidence import gather
from maestro_ml.engine.metalearning.past import BASELINE, PastTask, PastTrial
from maestro_ml.engine.metalearning.recall import similar_tasks, starting_order

_FILE = "public_prior.json"


class PublicPrior:
    """Starts with what was best on public tables, the more similar the more, in turn with the
    defaults.

    The tables and how they were evaluated: `bench/metalearning`.
    """

    def __init__(self, tables: Sequence[PastTask] | None = None) -> None:
        """`tables` replace those that are shipped."""
        self._tables = tables

    def order(
        self,
        problem: Problem,
        meta_features: Mapping[str, float],
        defaults: Sequence[Candidate],
    ) -> StartingOrder:
        """The order to start in; the defaults' own when no public table is of this kind of task."""
        tables = shipped_tables() if self._tables is None else self._tables
        alike = similar_tasks(tables, problem.task.value, problem.metric.name, meta_features, 0.0)
        if not alike:
            return Defaults().order(problem, meta_features, defaults)
        evidence = gather([t for t, _ in alike], [w for _, w in alike], defaults)
        note = f"{len(alike)} public tables that ship with the package, in turn with the defaults."
        return starting_order(evidence, len(defaults), "public", note)


def shipped_tables() -> tuple[PastTask, ...]:
    """Read the public tables' evaluations from the package."""
    said = json.loads(resources.files(__package__).joinpath(_FILE).read_text())
    configurations = [tuple(configuration) for configuration in said["configurations"]]
    return tuple(_task(table, configurations) for table in said["tables"])


def _task(said: Mapping[str, Any], configurations: Sequence[tuple[str, str, Any]]) -> PastTask:
    baseline = PastTrial("constant", BASELINE, {}, said["baseline"], 0.0)
    trials = []
    for number, score, seconds in said["trials"]:
        name, family, params = configurations[number]
        trials.append(PastTrial(name, family, params, score, seconds))
    return PastTask(
        key=f"public:{said['name']}",
        name=said["name"],
        task=said["task"],
        metric=said["metric"],
        meta_features=said["meta_features"],
        trials=(baseline, *trials),
    )
