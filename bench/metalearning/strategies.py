"""In which order each strategy evaluates a table's configurations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
from flaml.default.suggest import suggest_config

from bench.metalearning.coordinates import Place, places
from bench.metalearning.lookup import Entry, Lookup

MOST = 16
# What FLAML's names for parameters and learners are in ours.
_FLAML = {
    "lgbm": ("lightgbm", {
        "num_leaves": "num_leaves", "learning_rate": "learning_rate",
        "min_child_samples": "min_data_in_leaf", "colsample_bytree": "feature_fraction",
        "reg_alpha": "lambda_l1", "reg_lambda": "lambda_l2",
    }),
    "xgboost": ("xgboost", {
        "learning_rate": "learning_rate", "min_child_weight": "min_child_weight",
        "subsample": "subsample", "colsample_bytree": "colsample_bytree",
        "reg_alpha": "reg_alpha", "reg_lambda": "reg_lambda",
    }),
    "rf": ("forest", {"max_features": "max_features"}),
    "extra_tree": ("forest", {"max_features": "max_features"}),
}  # fmt: skip
_FLAML["xgb_limitdepth"] = ("xgboost", {**_FLAML["xgboost"][1], "max_depth": "max_depth"})


@dataclass(frozen=True)
class Setting:
    """What a strategy may know of a table before it evaluates anything, and what it then sees."""

    lookup: Lookup
    entry: Entry
    places: Mapping[str, Place]

    @classmethod
    def of(cls, lookup: Lookup, entry: Entry) -> Setting:
        """With the places of all families."""
        return cls(lookup, entry, places(lookup, entry))


def random_order(setting: Setting, seed: int) -> list[int]:
    """Any configuration after any."""
    free = np.flatnonzero(setting.entry.applies)
    return [int(n) for n in np.random.default_rng(seed).permutation(free)[:MOST]]


def defaults_first(group: str) -> Callable[[Setting, int], list[int]]:
    """A group in its own order, then at random."""

    def order(setting: Setting, seed: int) -> list[int]:
        return filled(setting.lookup.group(group, setting.entry), setting, seed)

    return order


def space_filling(setting: Setting, seed: int) -> list[int]:
    """One at random, then always the one that is farthest from all before."""
    found = setting.places
    where = {n: (f, point) for f, place in found.items() for n, point in place.points.items()}
    numbers = [int(n) for n in np.random.default_rng(seed).permutation(sorted(where))]

    def distance(one: int, other: int) -> float:
        (family, point), (other_family, other_point) = where[one], where[other]
        return 1.0 if family != other_family else found[family].distance(point, other_point)

    chosen, gaps = [numbers[0]], {n: distance(n, numbers[0]) for n in numbers[1:]}
    while gaps and len(chosen) < MOST:
        farthest = max(gaps, key=lambda n: gaps[n])
        del gaps[farthest]
        chosen.append(farthest)
        gaps = {n: min(gap, distance(n, farthest)) for n, gap in gaps.items()}
    return chosen


def cold_tpe(setting: Setting, seed: int) -> list[int]:
    """Optuna's TPE over family and its parameters; what it asks for is answered by the nearest
    configuration of the family that was not evaluated yet."""
    found = {family: place for family, place in setting.places.items() if place.points}
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(direction="minimize", sampler=sampler)
    free = {n for place in found.values() for n in place.points}
    regrets = setting.entry.regrets(held_back=False)
    chosen: list[int] = []
    while free and len(chosen) < MOST:
        trial = study.ask()
        family = trial.suggest_categorical("family", sorted(found))
        place = found[family]
        point = {n: _suggest(trial, f"{family}.{n}", d) for n, d in place.dimensions.items()}
        number = place.nearest(point, free)
        if number is None:
            study.tell(trial, 1.0)
            continue
        free.discard(number)
        chosen.append(number)
        study.tell(trial, float(regrets[number]))
    return chosen


def flaml_zero_shot(setting: Setting, seed: int) -> list[int]:
    """FLAML's portfolio for the most similar of the tasks it was trained on, each of its
    configurations answered by the nearest of the same family; then at random."""
    figures = {
        "NumberOfInstances": setting.entry.rows,
        "NumberOfFeatures": round(math.exp(setting.entry.meta_features["log_columns"])),
        "NumberOfClasses": setting.entry.classes,
        "PercentageOfNumericFeatures": 1 - setting.entry.meta_features["categorical_share"],
    }
    suggested = suggest_config(  # type: ignore[no-untyped-call]
        setting.entry.task, None, None, "all",
        meta_feature_fn=lambda task, X_train, y_train, meta_feature_names: [  # noqa: ARG005, N803
            figures[name] for name in meta_feature_names
        ],
    )  # fmt: skip
    found, chosen = setting.places, list[int]()
    free = {int(n) for n in np.flatnonzero(setting.entry.applies)}
    for config in suggested:
        if config["class"] not in _FLAML:
            continue
        family, names = _FLAML[config["class"]]
        number = _nearest(found[family], config, names, free)
        if number is not None:
            free.discard(number)
            chosen.append(number)
    return filled(chosen, setting, seed)


def filled(chosen: list[int], setting: Setting, seed: int) -> list[int]:
    had = set(chosen)
    rest = np.random.default_rng(seed).permutation(np.flatnonzero(setting.entry.applies))
    return [*chosen, *(int(n) for n in rest if n not in had)][:MOST]


def _nearest(
    place: Place, config: dict[str, Any], names: dict[str, str], free: set[int]
) -> int | None:
    """By the parameters that both know."""
    hyper = config["hyperparameters"]
    known = {ours: hyper[theirs] for theirs, ours in names.items() if theirs in hyper}
    if "max_features" in known and not isinstance(known["max_features"], float):
        del known["max_features"]
    partial = Place({n: d for n, d in place.dimensions.items() if n in known}, place.points)
    return partial.nearest(known, free)


def _suggest(trial: optuna.Trial, name: str, dimension: Any) -> Any:
    if isinstance(dimension, optuna.distributions.CategoricalDistribution):
        return trial.suggest_categorical(name, dimension.choices)
    kind = trial.suggest_int if isinstance(dimension.low, int) else trial.suggest_float
    return kind(name, dimension.low, dimension.high, log=dimension.log)
