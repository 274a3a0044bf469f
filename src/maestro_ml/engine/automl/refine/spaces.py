"""What may be varied in each family and within which bounds, in Optuna's terms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import create_trial

from maestro_ml.engine.automl import portfolio
from maestro_ml.engine.automl.learners.base import learning_rate
from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Space:
    """A family's free parameters, the values they have when a candidate does not name them, and
    how a candidate is made from values for all of them (`cheap` are those that cost least)."""

    make: Callable[[str, dict[str, Any]], Candidate]
    dimensions: Mapping[str, BaseDistribution]
    defaults: Params
    cheap: Params = field(default_factory=dict)

    def place(self, candidate: Candidate) -> dict[str, Any] | None:
        """The candidate as a point of this space; None when it lies outside."""
        point = {
            name: candidate.params.get(name, self.defaults.get(name)) for name in self.dimensions
        }
        try:
            create_trial(params=point, distributions=dict(self.dimensions), value=0.0)
        except (ValueError, TypeError):  # a value out of bounds, or none
            return None
        return point


def spaces_for(problem: Problem) -> dict[str, Space]:
    """The space of each family that is worth varying."""
    step = {"learning_rate": learning_rate(len(problem.folds[0].train))}
    exact: dict[str, BaseDistribution] = {}
    if portfolio.has_exact_values(problem):
        exact = {"exact_values": CategoricalDistribution([False, True])}
    return {
        "lightgbm": _lightgbm(step, exact),
        "xgboost": _xgboost(step, exact),
        "catboost": _catboost(step, exact),
        "forest": _forest(exact),
        "linear": _linear(),
        "svm": _kernel(len(problem.columns)),
        "network": _network(),
    }


def _log(low: float, high: float) -> FloatDistribution:
    return FloatDistribution(low, high, log=True)


def _share(low: float) -> FloatDistribution:
    return FloatDistribution(low, 1.0)


def _whole(low: int, high: int) -> IntDistribution:
    return IntDistribution(low, high, log=True)


def _lightgbm(step: Params, exact: Mapping[str, BaseDistribution]) -> Space:
    def make(name: str, values: dict[str, Any]) -> Candidate:
        # Time grows with the leaves of a tree and with the trees that a small step needs.
        work = 0.06 * (values["num_leaves"] / 8) ** 0.5 * 0.05 / values["learning_rate"]
        return portfolio.lightgbm(name, work, bagging_freq=1, **values)

    dimensions = {
        "num_leaves": _whole(3, 256),
        "learning_rate": _log(0.01, 0.2),
        "min_data_in_leaf": _whole(2, 128),
        "feature_fraction": _share(0.3),
        "bagging_fraction": _share(0.5),
        "lambda_l1": _log(1e-3, 10.0),
        "lambda_l2": _log(1e-3, 30.0),
        "extra_trees": CategoricalDistribution([False, True]),
        **exact,
    }
    defaults = {
        **step,
        "num_leaves": 31,
        "min_data_in_leaf": 20,
        "feature_fraction": 1.0,
        "bagging_fraction": 1.0,
        "lambda_l1": 1e-3,
        "lambda_l2": 1e-3,
        "extra_trees": False,
        "exact_values": False,
    }
    return Space(make, dimensions, defaults, {"num_leaves": 4})


def _xgboost(step: Params, exact: Mapping[str, BaseDistribution]) -> Space:
    def make(name: str, values: dict[str, Any]) -> Candidate:
        work = 0.05 * (values["max_depth"] / 3) * 0.05 / values["learning_rate"]
        return portfolio.xgboost(name, work, **values)

    dimensions = {
        "max_depth": IntDistribution(1, 10),
        "learning_rate": _log(0.01, 0.2),
        "min_child_weight": _log(0.1, 64.0),
        "subsample": _share(0.5),
        "colsample_bytree": _share(0.3),
        "reg_alpha": _log(1e-3, 10.0),
        "reg_lambda": _log(1e-3, 30.0),
        **exact,
    }
    defaults = {
        **step,
        "min_child_weight": 1.0,
        "reg_alpha": 1e-3,
        "reg_lambda": 1.0,
        "exact_values": False,
    }
    return Space(make, dimensions, defaults, {"max_depth": 3})


def _catboost(step: Params, exact: Mapping[str, BaseDistribution]) -> Space:
    dimensions = {
        "depth": IntDistribution(2, 8),
        "learning_rate": _log(0.02, 0.2),
        "l2_leaf_reg": _log(0.5, 30.0),
        "random_strength": _log(0.1, 10.0),
        **exact,
    }
    defaults = {**step, "l2_leaf_reg": 3.0, "random_strength": 1.0, "exact_values": False}
    return Space(
        lambda name, values: portfolio.catboost(name, **values), dimensions, defaults, {"depth": 4}
    )


def _forest(exact: Mapping[str, BaseDistribution]) -> Space:
    dimensions = {
        "extra": CategoricalDistribution([False, True]),
        "min_samples_leaf": _whole(1, 50),
        "max_features": _share(0.1),
        **exact,
    }
    return Space(
        lambda name, values: portfolio.forest(name, **values), dimensions, {"exact_values": False}
    )


def _linear() -> Space:
    dimensions = {
        "strength": _log(1e-4, 100.0),
        "hinges": CategoricalDistribution([False, True]),
    }
    return Space(
        lambda name, values: portfolio.linear(name, **values), dimensions, {"hinges": False}
    )


def _kernel(n_columns: int) -> Space:
    dimensions = {"C": _log(0.05, 100.0), "gamma": _log(1e-4, 1.0)}
    # What scikit-learn takes for columns of unit variance.
    defaults = {"gamma": 1.0 / max(1, n_columns)}
    return Space(lambda name, values: portfolio.kernel(name, **values), dimensions, defaults)


def _network() -> Space:
    dimensions = {
        "width": _whole(16, 512),
        "depth": IntDistribution(1, 3),
        "alpha": _log(1e-5, 1.0),
        "learning_rate": _log(3e-4, 1e-2),
    }
    defaults = {"learning_rate": 2e-3}
    return Space(
        lambda name, values: portfolio.network(name, **values), dimensions, defaults, {"width": 32}
    )
