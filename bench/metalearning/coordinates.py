"""Configurations as points, so that searches over spaces can be replayed on a table of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from bench.metalearning.lookup import Entry, Lookup
from maestro_ml.engine.automl import portfolio
from maestro_ml.engine.automl.metrics import resolve_metric
from maestro_ml.engine.automl.problem import Fold, Problem
from maestro_ml.engine.automl.refine.spaces import Space, spaces_for
from maestro_ml.engine.automl.tasks import Task

_TRAINED_ON = 1_200
_EXACT = CategoricalDistribution([False, True])


def problem_of(entry: Entry) -> Problem:
    """What a prior is told of an entry's table, without its rows."""
    task = Task(entry.task)
    rows = np.arange(_TRAINED_ON)
    return Problem(
        task=task,
        n_classes=entry.classes,
        columns=(),
        X=np.empty((len(rows), 0)),
        y=np.zeros(len(rows)),
        folds=(Fold(rows, rows[:1]),),
        metric=resolve_metric(entry.metric, task, entry.classes),
        seed=0,
        threads=1,
    )


@dataclass(frozen=True)
class Place:
    """A family's space on a table, and its configurations' points by their numbers."""

    dimensions: Mapping[str, BaseDistribution]
    points: Mapping[int, Mapping[str, Any]]

    def nearest(self, point: Mapping[str, Any], free: set[int]) -> int | None:
        """The free configuration nearest to a point; None when the family has none left."""
        own = [number for number in self.points if number in free]
        return min(own, key=lambda n: (self.distance(self.points[n], point), n), default=None)

    def distance(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
        """Root mean square over the parameters, each from 0 to 1 on the scale it is varied on."""
        parts = [(_unit(d, one[n]), _unit(d, other[n])) for n, d in self.dimensions.items()]
        return math.sqrt(math.fsum((a - b) ** 2 for a, b in parts) / max(1, len(parts)))


def places(lookup: Lookup, entry: Entry) -> dict[str, Place]:
    """Each family's place; configurations outside of the space that a search refines in have none."""
    problem = problem_of(entry)
    exact = any(
        entry.applies[n] and c.candidate.params.get("exact_values")
        for n, c in enumerate(lookup.configurations)
    )
    spaces = {**spaces_for(problem), "neighbours": _neighbours()}
    found = {}
    for family, space in spaces.items():
        dimensions = dict(space.dimensions)
        if exact and "exact_values" in space.defaults:
            dimensions["exact_values"] = _EXACT
        own = Space(space.make, dimensions, space.defaults)
        points = {
            number: point
            for number, configuration in enumerate(lookup.configurations)
            if entry.applies[number]
            and configuration.candidate.family == family
            and (point := own.place(configuration.candidate)) is not None
        }
        found[family] = Place(dimensions, points)
    return found


def _neighbours() -> Space:
    return Space(
        lambda name, values: portfolio.neighbours(name, **values),
        {"n_neighbors": IntDistribution(3, 50, log=True)},
        {},
    )


def _unit(dimension: BaseDistribution, value: Any) -> float:
    if isinstance(dimension, CategoricalDistribution):
        return dimension.choices.index(value) / max(1, len(dimension.choices) - 1)
    assert isinstance(dimension, FloatDistribution | IntDistribution)
    low, high = float(dimension.low), float(dimension.high)
    inside = min(max(float(value), low), high)
    if dimension.log:
        low, high, inside = math.log(low), math.log(high), math.log(inside)
    return (inside - low) / (high - low)
