"""What is remembered of a finished search: its task's meta-features and every trial."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maestro_ml.engine.automl import AutoMLResult
from maestro_ml.engine.automl.portfolio import STACK

BASELINE = "baseline"
# Made from other trials: nothing that another search could try.
MADE_OF_TRIALS = frozenset({"ensemble", STACK})


@dataclass(frozen=True)
class PastTrial:
    """A configuration that was tried: `score` is None when it failed, greater is better.

    The trial of family "baseline" is the best constant; regrets are measured against it.
    """

    name: str
    family: str
    params: Mapping[str, Any]
    score: float | None
    seconds: float


@dataclass(frozen=True)
class PastTask:
    """A task that was searched; `key` names it for good, `name` is for people.

    `task` is "binary", "multiclass" or "regression", `metric` a scorer's name.
    """

    key: str
    name: str
    task: str
    metric: str
    meta_features: Mapping[str, float]
    trials: tuple[PastTrial, ...]

    def regrets(self) -> tuple[float | None, ...]:
        """How far each trial was behind the best: 0 for the best, 1 for the baseline, worse, or
        failed. All None when nothing beat the baseline: then the task tells nothing.

        Without a baseline the worst trial stands for it.
        """
        scores = [_number(trial.score) for trial in self.trials]
        known = [score for score in scores if score is not None]
        guesses = [
            score
            for trial, score in zip(self.trials, scores, strict=True)
            if trial.family == BASELINE and score is not None
        ]
        best = max(known, default=0.0)
        worst = min(guesses or known, default=0.0)
        span = best - worst
        if span <= 1e-12 * max(1.0, abs(best)):
            return (None,) * len(scores)
        return tuple(
            1.0 if score is None else min(1.0, max(0.0, (best - score) / span)) for score in scores
        )


def past_task(result: AutoMLResult, *, key: str, name: str) -> PastTask:
    """What to remember of a finished search: all that was evaluated, looked at, or failed.

    Candidates that were never started tell nothing and are left out.
    """
    evaluated = [
        PastTrial(row.name, row.family, row.params, row.score, row.fit_seconds)
        for row in result.leaderboard
        if row.family not in MADE_OF_TRIALS
    ]
    others = [
        PastTrial(each.name, each.family, each.params, each.expected, each.fit_seconds or 0.0)
        for each in result.skipped
        if (each.started or each.expected is not None) and each.family not in MADE_OF_TRIALS
    ]
    return PastTask(
        key=key,
        name=name,
        task=result.task.value,
        metric=result.metric,
        meta_features=dict(result.meta_features),
        trials=(*evaluated, *others),
    )


def _number(score: float | None) -> float | None:
    return score if score is not None and math.isfinite(score) else None
