"""What the memory of past searches is worth, and the searches it consists of."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType
from uuid import UUID

from maestro_ml.contracts.automl import Measure, SearchArm, StartSource, TaskType
from maestro_ml.contracts.base import Contract, Timestamp

PastSearchId = NewType("PastSearchId", UUID)
"""That of the search's job."""


class LedgerState(StrEnum):
    """Whether there is enough to say anything."""

    TOO_EARLY = "too_early"
    MEASURED = "measured"


class LedgerMeasure(StrEnum):
    """What is counted until a search has the score to reach."""

    EVALUATIONS = "evaluations"
    SECONDS = "seconds"


class Verdict(StrEnum):
    """What the interval allows to say: it leaves zero out on one side, or does not."""

    WARM_SOONER = "warm_sooner"
    COLD_SOONER = "cold_sooner"
    NO_DIFFERENCE = "no_difference"


class Interval(Contract):
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float


class ArmFigures(Contract):
    """The drawn searches of one arm.

    `reached`: those that had the score to reach; the others count as if they had it at their end.
    `evaluations`, `seconds`: means until then, None for an arm without searches.
    """

    arm: SearchArm
    searches: int
    datasets: int
    reached: int
    evaluations: Measure
    seconds: Measure


class WarmEffect(Contract):
    """Warm starts against cold ones.

    `difference`: warm minus cold, below 0 where warm starts are sooner. `ratio`: warm through cold.
    """

    measure: LedgerMeasure
    warm: float
    cold: float
    difference: Interval
    ratio: Interval
    verdict: Verdict


class ValueLedger(Contract):
    """Warm against cold starts, over searches for which a draw decided; nothing else is compared.

    `summary`: one sentence for people. `needed`: searches that each arm needs, and `needed_datasets`
    the data sets, before anything is said; until then `effects` is empty. `cold_share`: of the searches
    drawn now. `left_out`: searches without a draw. `target`: which score is to be reached, in words.
    """

    state: LedgerState
    summary: str
    target: str
    needed: int
    needed_datasets: int
    datasets: int
    cold_share: float
    warm: ArmFigures
    cold: ArmFigures
    effects: list[WarmEffect]
    left_out: int


class PastSearch(Contract):
    """A search that is remembered: no rows of its table, only figures and configurations.

    `arm` is None where nothing was drawn. `reached`, and evaluations and seconds until then (or until
    the end), are as in the ledger.
    """

    id: PastSearchId
    dataset: str
    target: str
    task_type: TaskType
    metric: str
    rows: int
    columns: int
    evaluations: int
    best_score: Measure
    seconds: float
    time_budget: float
    cancelled: bool
    source: StartSource
    eligible: bool
    arm: SearchArm | None
    propensity: float | None
    reached: bool
    evaluations_needed: int
    seconds_needed: float
    finished_at: Timestamp
