"""Optuna's and FLAML's search behind one port: a method proposes points of a space and learns."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import TrialState, create_trial

from maestro_ml.engine.automl.refine.spaces import Space

Point = dict[str, Any]
Known = Sequence[tuple[Point, float]]
_RANDOM_FIRST = 6
_SCORE = "score"


class Method(Protocol):
    """Searches one space; what it proposes follows from the seed and what it was told, in order."""

    def propose(self) -> tuple[int, Point] | None:
        """A point with its number; None when it waits for results."""
        ...

    def learn(self, number: int, score: float | None) -> None:
        """The score of a proposed point, greater is better; None when it has none."""
        ...


class OptunaMethod:
    """Tree-structured Parzen estimator (Bergstra et al., 2011) over all parameters together."""

    def __init__(self, space: Space, known: Known, seed: int) -> None:
        self._dimensions = dict(space.dimensions)
        with _quiet():
            sampler = optuna.samplers.TPESampler(
                seed=seed, multivariate=True, constant_liar=True, n_startup_trials=_RANDOM_FIRST
            )
            self._study = optuna.create_study(direction="maximize", sampler=sampler)
        for point, score in known:
            self._study.add_trial(
                create_trial(params=point, distributions=self._dimensions, value=score)
            )

    def propose(self) -> tuple[int, Point] | None:
        """Ask the sampler; it takes points that still run for bad ones."""
        trial = self._study.ask(self._dimensions)
        return trial.number, dict(trial.params)

    def learn(self, number: int, score: float | None) -> None:
        """Tell the study."""
        if score is None:
            self._study.tell(number, state=TrialState.FAIL)
        else:
            self._study.tell(number, score)


class FlamlMethod:
    """FLAML's randomised direct search CFO (Wu et al., 2021), begun at the best known point."""

    def __init__(self, space: Space, known: Known, seed: int) -> None:
        # Importing FLAML loads every booster: only a search that uses it pays for that.
        from flaml.tune.searcher.blendsearch import CFO  # noqa: PLC0415

        self._proposed: dict[int, Point] = {}
        self._count = 0
        cheap = {name: value for name, value in space.cheap.items() if name in space.dimensions}
        with _quiet():
            self._search = CFO(
                metric=_SCORE,
                mode="max",
                space={name: _domain(d) for name, d in space.dimensions.items()},
                low_cost_partial_config=cheap,
                points_to_evaluate=[dict(point) for point, _ in known],
                evaluated_rewards=[score for _, score in known],
                seed=seed,
                cost_attr=None,
            )

    def propose(self) -> tuple[int, Point] | None:
        """The next step of the local search; None when it waits for the ones before."""
        self._count += 1
        found = self._search.suggest(str(self._count))
        if found is None:
            return None
        # NumPy's scalars would reach the leaderboard.
        point = {k: v.item() if hasattr(v, "item") else v for k, v in found.items()}
        self._proposed[self._count] = point
        return self._count, dict(point)

    def learn(self, number: int, score: float | None) -> None:
        """Tell the search."""
        point = self._proposed.pop(number)
        result = {_SCORE: score, **{f"config/{name}": value for name, value in point.items()}}
        self._search.on_trial_complete(
            str(number), result=None if score is None else result, error=score is None
        )


METHODS: Mapping[str, Callable[[Space, Known, int], Method]] = {
    "optuna": OptunaMethod,
    "flaml": FlamlMethod,
}


def _domain(dimension: BaseDistribution) -> Any:
    import flaml.tune.sample as sample  # noqa: PLC0415

    if isinstance(dimension, CategoricalDistribution):
        return sample.choice(list(dimension.choices))
    if isinstance(dimension, IntDistribution):
        make = sample.lograndint if dimension.log else sample.randint
        return make(dimension.low, dimension.high + 1)
    assert isinstance(dimension, FloatDistribution)
    return (sample.loguniform if dimension.log else sample.uniform)(dimension.low, dimension.high)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps advice that is meant for the libraries' own users out of our users' terminals."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
