"""The configurations of the lookup table: the defaults, each library's own, and random ones."""

from __future__ import annotations

import optuna
from optuna.distributions import BaseDistribution

from maestro_ml.engine.automl import Candidate, portfolio, starting_portfolio
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.refine.spaces import Space, spaces_for
from maestro_ml.engine.metalearning.configurations import configuration_key

# Random points of each family's space: about as many as the defaults have of it.
DRAWN = {
    "lightgbm": 7,
    "xgboost": 5,
    "catboost": 5,
    "forest": 4,
    "linear": 3,
    "svm": 3,
    "network": 3,
}
_SEED = 57


def library_defaults() -> tuple[Candidate, ...]:
    """What somebody gets who takes each library as it comes, the best known first."""
    return (
        portfolio.lightgbm("lightgbm-library", 0.1, num_leaves=31, learning_rate=0.1),
        portfolio.xgboost("xgboost-library", 0.1, max_depth=6, learning_rate=0.3),
        portfolio.catboost("catboost-library", depth=6, learning_rate=0.03),
        portfolio.forest("forest-library", extra=False, min_samples_leaf=1, max_features="sqrt"),
        portfolio.linear("linear-library", strength=1.0),
        portfolio.forest(
            "extra-trees-library", extra=True, min_samples_leaf=1, max_features="sqrt"
        ),
        portfolio.kernel("svm-library", C=1.0),
        portfolio.network("network-library", width=100, depth=1, alpha=1e-4, learning_rate=1e-3),
        portfolio.neighbours("neighbours-library", n_neighbors=5),
    )


def drawn(problem: Problem) -> tuple[Candidate, ...]:
    """Random points of the spaces that a search refines in, the same for every table."""
    found: list[Candidate] = []
    for family, space in spaces_for(problem).items():
        dimensions = shared_dimensions(space)
        sampler = optuna.samplers.RandomSampler(seed=_SEED)
        study = optuna.create_study(sampler=sampler)
        for number in range(DRAWN[family]):
            values = dict(study.ask(dimensions).params)
            found.append(space.make(f"{family}-drawn-{number}", values))
    return tuple(found)


def shared_dimensions(space: Space) -> dict[str, BaseDistribution]:
    """What may be varied on every table: exact values have no use on some."""
    return {n: d for n, d in space.dimensions.items() if n != "exact_values"}


def configurations(problem: Problem) -> list[tuple[tuple[str, ...], Candidate]]:
    """All to evaluate on a table, each once, with the groups that it belongs to."""
    groups: dict[str, list[str]] = {}
    first: dict[str, Candidate] = {}
    for group, candidates in (
        ("default", starting_portfolio(problem)),
        ("library", library_defaults()),
        ("drawn", drawn(problem)),
    ):
        for candidate in candidates:
            key = configuration_key(candidate.family, candidate.params)
            first.setdefault(key, candidate)
            groups.setdefault(key, []).append(group)
    return [(tuple(groups[key]), candidate) for key, candidate in first.items()]
