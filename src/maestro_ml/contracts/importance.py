"""Which params go together with a metric."""

from __future__ import annotations

from maestro_ml.contracts.base import Contract
from maestro_ml.contracts.run_tables import RunChoice
from maestro_ml.contracts.tracking import Key


class ImportanceQuery(RunChoice):
    """For which metric; the runs are those of the filter that have a number for it."""

    metric: Key


class ParamImportance(Contract):
    """How strongly a param and a metric go together, over `runs` runs.

    method: "spearman" (rank correlation, from -1 to 1; `low` and `high` bound it with 95 %
        confidence by Fisher's transformation) for numbers; "kruskal" (the share of the variance of
        the ranks that the values of the param explain, from 0 to 1) for words.
    strength: the absolute correlation, or the square root of the share: what the order goes by.
    """

    key: str
    method: str
    strength: float
    correlation: float | None
    low: float
    high: float
    runs: int
    values: int


class ParamImportances(Contract):
    """The strongest first. `abstained` says why there are none: too few runs, or none that differ.

    An association is no effect: params that change together share what one of them does.
    """

    metric: str
    runs: int
    items: list[ParamImportance]
    abstained: str | None
