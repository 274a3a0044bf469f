"""The configurations a search starts with, in the order that past tasks say pays most.

The order follows the regret of the ensemble after k models over 24 public tables: one strong
booster, one linear model, then members that err differently, and only then variants.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from maestro_ml.engine.automl.exact_values import find_exact_values
from maestro_ml.engine.automl.learners.base import Learner
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.tasks import Task


@dataclass(frozen=True)
class Candidate:
    """A configuration to try.

    `learner` is picklable (cloudpickle) and is called with `params` in the trial's process.
    `work` are seconds that one fold of 1,000 rows x 10 columns takes on one core, about; the search
    corrects it by what it observes. `growth` is the power of the rows in that time, `anytime`
    tells that the learner stops at its deadline with a usable model, `per_class` that its work grows
    with the classes. An `instant` learner needs no process of its own when the table is small.
    """

    name: str
    family: str
    learner: Callable[..., Learner]
    params: Mapping[str, Any] = field(default_factory=dict)
    work: float = 0.3
    growth: float = 1.0
    anytime: bool = False
    per_class: bool = False
    instant: bool = False


# The family of a second layer's models.
STACK = "stack"
# A kernel machine's time grows with the square of the rows.
_KERNEL_ROWS = 10_000
_EXACT_COLUMNS = 60
# From so many rows on larger trees are better, and what comes late is not reached: these come first.
_MANY_ROWS = 2_000
_FOR_MANY_ROWS = (
    "linear",
    "lightgbm-31leaf",
    "xgboost-d6",
    "extra-trees",
    "network-256-128-64",
    "lightgbm-extra",
    "catboost-d6",
    "lightgbm-127leaf",
    "xgboost-d3",
    "catboost-d6-exact",
    "forest-leaf1",
    "xgboost-d6-exact",
    "neighbours-20",
    "network-256",
)
_THINNED = {"feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1}
_STACK_THINNED = {"feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1}
_XGB_THINNED = {"subsample": 0.8, "colsample_bytree": 0.8}


def starting_portfolio(problem: Problem) -> tuple[Candidate, ...]:
    """The default candidates for a problem, first to last."""
    repeats = has_exact_values(problem)
    few_rows = len(problem.y) <= _KERNEL_ROWS
    chosen = [
        candidate
        for candidate in _all(problem.task)
        if (repeats or not candidate.params.get("exact_values"))
        and (few_rows or candidate.family != "svm")
    ]
    if len(problem.y) > _MANY_ROWS:
        places = {name: place for place, name in enumerate(_FOR_MANY_ROWS)}
        chosen.sort(key=lambda candidate: places.get(candidate.name, len(places)))
    return tuple(chosen)


def has_exact_values(problem: Problem) -> bool:
    """True when some numbers repeat, so that candidates with `exact_values` differ from others."""
    exact = find_exact_values(problem.X, problem.columns)
    # Each such column becomes one for each class: too many of them only take time.
    return 0 < len(exact) * max(1, problem.n_classes - 1) <= _EXACT_COLUMNS


def stackers() -> tuple[Candidate, ...]:
    """The candidates of a second layer, which reads the predictions of others: all of one family,
    since alone they are nothing to learn from."""
    boosted = {"num_leaves": 8, "min_data_in_leaf": 20, "lambda_l2": 5.0, **_STACK_THINNED}
    trees = {"extra": True, "min_samples_leaf": 5, "max_features": 0.5}
    return (
        replace(lightgbm("stack-lightgbm", 0.06, **boosted), family=STACK),
        replace(forest("stack-extra-trees", **trees), family=STACK),
    )


def _all(task: Task) -> tuple[Candidate, ...]:
    exact = {"exact_values": True}
    return (
        linear("linear", instant=True, strength=1.0),
        catboost("catboost-d6-exact", depth=6, **exact),
        lightgbm("lightgbm-4leaf", 0.03, num_leaves=4, learning_rate=0.08, min_data_in_leaf=10),
        network("network-256", width=256, depth=1, alpha=0.1),
        xgboost("xgboost-d3", 0.05, max_depth=3, **_XGB_THINNED),
        catboost("catboost-d6", depth=6),
        lightgbm("lightgbm-extra", 0.08, extra_trees=True, num_leaves=16, **_THINNED),
        xgboost("xgboost-d3-exact", 0.06, max_depth=3, **_XGB_THINNED, **exact),
        linear("linear-hinges", strength=0.1, hinges=True),
        forest("forest-leaf5", extra=False, min_samples_leaf=5, max_features=0.5),
        catboost("catboost-d4-exact", depth=4, **exact),
        forest("extra-trees", extra=True, max_features=0.7, **_entropy(task)),
        kernel("svm-c1", C=1.0),
        lightgbm(
            "lightgbm-8leaf-exact", 0.06, num_leaves=8, learning_rate=0.04, **_THINNED, **exact
        ),
        catboost("catboost-d8", depth=8, learning_rate=0.08),
        xgboost("xgboost-d6-exact", 0.08, max_depth=6, min_child_weight=3, **_XGB_THINNED, **exact),
        neighbours("neighbours-20", n_neighbors=20),
        lightgbm("lightgbm-31leaf", 0.08, num_leaves=31),
        catboost("catboost-d4", depth=4),
        xgboost("xgboost-d6", 0.08, max_depth=6, min_child_weight=3, **_XGB_THINNED),
        network("network-256-128-64", width=256, depth=3, alpha=0.1, learning_rate=1e-3),
        forest("forest-leaf5-exact", extra=False, min_samples_leaf=5, max_features=0.5, **exact),
        lightgbm("lightgbm-8leaf", 0.06, num_leaves=8, learning_rate=0.04, **_THINNED),
        kernel("svm-c10", C=10.0),
        catboost("catboost-ordered", depth=6, boosting_type="Ordered"),
        lightgbm("lightgbm-127leaf", 0.2, num_leaves=127, min_data_in_leaf=5, feature_fraction=0.7),
        linear("linear-strong-penalty", strength=0.03),
        forest("forest-leaf1", extra=False, min_samples_leaf=1, max_features=_sqrt(task)),
        neighbours("neighbours-5", n_neighbors=5),
    )


def _sqrt(task: Task) -> str | float:
    return "sqrt" if task.is_classification else 0.33


def _entropy(task: Task) -> dict[str, str]:
    return {"criterion": "entropy"} if task.is_classification else {}


# Each maker is called in the trial's process: only that process loads the family's library.
def _make_linear(**params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.linear import LinearLearner  # noqa: PLC0415

    return LinearLearner(**params)


def _make_catboost(*, exact_values: bool = False, **params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.catboost import CatBoostLearner  # noqa: PLC0415

    return CatBoostLearner(params, exact_values=exact_values)


def _make_lightgbm(*, exact_values: bool = False, **params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.lightgbm import LightGBMLearner  # noqa: PLC0415

    return LightGBMLearner(params, exact_values=exact_values)


def _make_xgboost(*, exact_values: bool = False, **params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.xgboost import XGBoostLearner  # noqa: PLC0415

    return XGBoostLearner(params, exact_values=exact_values)


def _make_forest(*, extra: bool, exact_values: bool = False, **params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.forests import ForestLearner  # noqa: PLC0415

    return ForestLearner(extra, params, exact_values=exact_values)


def _make_dense(*, family: str, **params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.dense import DenseLearner  # noqa: PLC0415

    return DenseLearner(family, params)


def _make_network(**params: Any) -> Learner:
    from maestro_ml.engine.automl.learners.network import NetworkLearner  # noqa: PLC0415

    return NetworkLearner(**params)


def linear(name: str, *, instant: bool = False, **params: Any) -> Candidate:
    """A penalised linear model; `strength` is the inverse penalty."""
    return Candidate(
        name, "linear", _make_linear, params, work=0.01, per_class=True, instant=instant
    )


def catboost(name: str, **params: Any) -> Candidate:
    """CatBoost with parameters by its names."""
    return Candidate(
        name, "catboost", _make_catboost, params, work=0.4, anytime=True, per_class=True
    )


def lightgbm(name: str, work: float, **params: Any) -> Candidate:
    """LightGBM with parameters by its names."""
    return Candidate(
        name, "lightgbm", _make_lightgbm, params, work=work, anytime=True, per_class=True
    )


def xgboost(name: str, work: float, **params: Any) -> Candidate:
    """XGBoost with parameters by its names."""
    return Candidate(
        name, "xgboost", _make_xgboost, params, work=work, anytime=True, per_class=True
    )


def forest(name: str, **params: Any) -> Candidate:
    """A forest with parameters by scikit-learn's names; `extra` randomises the splits."""
    return Candidate(name, "forest", _make_forest, params, work=0.3, anytime=True)


def kernel(name: str, **params: Any) -> Candidate:
    """A support vector machine with parameters by scikit-learn's names."""
    settings = {"family": "svm", **params}
    return Candidate(name, "svm", _make_dense, settings, work=0.1, growth=2.0)


def neighbours(name: str, **params: Any) -> Candidate:
    """Nearest neighbours, weighted by distance."""
    settings = {"family": "knn", "weights": "distance", **params}
    return Candidate(name, "neighbours", _make_dense, settings, work=0.01, growth=1.8)


def network(name: str, **params: Any) -> Candidate:
    """A neural network with the parameters of NetworkLearner."""
    return Candidate(name, "network", _make_network, params, work=0.1, anytime=True)
