"""The statistics of the value ledger: warm against cold starts, where a draw decided.

Each search counts by the inverse of its arm's chance, so that a share of cold starts that was changed
on the way does not bend the comparison (Horvitz and Thompson, normalised as by Hajek). The interval
comes from resampling whole data sets, since searches of one are alike; for few data sets it is widened
as Hesterberg (2015, "What Teachers Should Know About the Bootstrap") does with the quantiles of t.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from statistics import NormalDist

from maestro_ml.contracts.automl import SearchArm
from maestro_ml.contracts.value_ledger import (
    ArmFigures,
    Interval,
    LedgerMeasure,
    LedgerState,
    ValueLedger,
    Verdict,
    WarmEffect,
)

NEEDED = 20
"""Searches of each arm before anything is said."""
NEEDED_DATASETS = 5
"""Data sets, likewise: an interval over fewer clusters is not worth its name."""
TARGET = (
    "A score within one standard error of the best that any search of the same task (data set and "
    "version, target, metric, split) has reached. Searches that never had it count as if they had it "
    "at their end."
)
_REPLICATES = 2000
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Outcome:
    """A drawn search, and what it took to reach the score; `propensity` is the chance of its arm."""

    dataset: str
    arm: SearchArm
    propensity: float
    reached: bool
    evaluations: int
    seconds: float


def measure_value(outcomes: Sequence[Outcome], *, cold_share: float, left_out: int) -> ValueLedger:
    """Compare the arms, or say that it is too early. The same outcomes give the same answer."""
    warm, cold = (_figures(outcomes, arm) for arm in (SearchArm.WARM, SearchArm.COLD))
    datasets = len({each.dataset for each in outcomes})
    early = min(warm.searches, cold.searches) < NEEDED or datasets < NEEDED_DATASETS
    effects = [] if early else _effects(outcomes)
    return ValueLedger(
        state=LedgerState.TOO_EARLY if early else LedgerState.MEASURED,
        summary=_waiting_for(warm, cold, datasets, cold_share) if early else _told(effects[0]),
        target=TARGET,
        needed=NEEDED,
        needed_datasets=NEEDED_DATASETS,
        datasets=datasets,
        cold_share=cold_share,
        warm=warm,
        cold=cold,
        effects=effects,
        left_out=left_out,
    )


# A pair of sums over searches: of weights, and of weights times what is measured.
_Sums = tuple[float, float, float, float]


def _effects(outcomes: Sequence[Outcome]) -> list[WarmEffect]:
    values: dict[LedgerMeasure, Callable[[Outcome], float]] = {
        LedgerMeasure.EVALUATIONS: lambda each: each.evaluations,
        LedgerMeasure.SECONDS: lambda each: each.seconds,
    }
    return [_effect(measure, _by_dataset(outcomes, of)) for measure, of in values.items()]


def _by_dataset(outcomes: Sequence[Outcome], of: Callable[[Outcome], float]) -> list[_Sums]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    for each in outcomes:
        weight, at = 1 / each.propensity, 0 if each.arm is SearchArm.WARM else 2
        sums[each.dataset][at] += weight
        sums[each.dataset][at + 1] += weight * of(each)
    return [(row[0], row[1], row[2], row[3]) for _, row in sorted(sums.items())]


def _effect(measure: LedgerMeasure, clusters: Sequence[_Sums]) -> WarmEffect:
    warm, cold = _means(clusters)
    lot = random.Random(_SEED)  # noqa: S311 - repeatable on purpose
    replicates: list[tuple[float, float]] = []
    while len(replicates) < _REPLICATES:
        picked = lot.choices(clusters, k=len(clusters))
        # Without one of the arms there is nothing to compare.
        if any(each[0] for each in picked) and any(each[2] for each in picked):
            replicates.append(_means(picked))
    tail = _tail(len(clusters))
    difference = _interval(warm - cold, [one - other for one, other in replicates], tail)
    return WarmEffect(
        measure=measure,
        warm=warm,
        cold=cold,
        difference=difference,
        ratio=_interval(warm / cold, [one / other for one, other in replicates], tail),
        verdict=_verdict(difference),
    )


def _means(clusters: Sequence[_Sums]) -> tuple[float, float]:
    warm_weight, warm, cold_weight, cold = map(sum, zip(*clusters, strict=True))
    return warm / warm_weight, cold / cold_weight


def _interval(estimate: float, replicates: list[float], tail: float) -> Interval:
    ordered = sorted(replicates)
    last = len(ordered) - 1
    return Interval(
        estimate=estimate,
        low=ordered[floor(tail * last)],
        high=ordered[ceil((1 - tail) * last)],
    )


def _tail(clusters: int) -> float:
    """What an interval of 95 % leaves out on each side, less of it for few clusters."""
    wide = sqrt(clusters / (clusters - 1)) * _t_quantile(clusters - 1)
    return NormalDist().cdf(-wide)


def _t_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's t by its expansion around the normal one (Fisher 1925)."""
    z = NormalDist().inv_cdf(0.975)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _verdict(difference: Interval) -> Verdict:
    if difference.high < 0:
        return Verdict.WARM_SOONER
    return Verdict.COLD_SOONER if difference.low > 0 else Verdict.NO_DIFFERENCE


def _figures(outcomes: Sequence[Outcome], arm: SearchArm) -> ArmFigures:
    own = [each for each in outcomes if each.arm is arm]
    weight = sum(1 / each.propensity for each in own)
    return ArmFigures(
        arm=arm,
        searches=len(own),
        datasets=len({each.dataset for each in own}),
        reached=sum(each.reached for each in own),
        evaluations=sum(each.evaluations / each.propensity for each in own) / weight
        if own
        else None,
        seconds=sum(each.seconds / each.propensity for each in own) / weight if own else None,
    )


def _waiting_for(warm: ArmFigures, cold: ArmFigures, datasets: int, cold_share: float) -> str:
    lacking = [
        f"{figures.searches} of {NEEDED} {figures.arm.value} starts"
        for figures in (cold, warm)
        if figures.searches < NEEDED
    ]
    if datasets < NEEDED_DATASETS:
        lacking.append(f"{datasets} of {NEEDED_DATASETS} data sets")
    why = "" if cold_share else " No search is drawn to start cold, since the share is set to 0."
    return f"Too early: {', '.join(lacking)}.{why}"


def _told(effect: WarmEffect) -> str:
    ratio = effect.ratio
    figures = (
        f"{ratio.estimate:.2f} times the evaluations of cold ones "
        f"(95 % interval {ratio.low:.2f} to {ratio.high:.2f})"
    )
    if effect.verdict is Verdict.NO_DIFFERENCE:
        return f"No difference can be told: to the same score, warm starts take {figures}."
    return f"To the same score, warm starts take {figures}."
