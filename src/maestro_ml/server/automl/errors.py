"""What can be wrong with a search before it starts, and with asking for its results."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import Conflict, InvalidInput, NotFound


class TargetNotFound(InvalidInput):
    """The data set has no column of that name."""

    code = "automl.target_not_found"


class TargetUnusable(InvalidInput):
    """The target's values cannot be learned."""

    code = "automl.target_unusable"


class SplitUnusable(InvalidInput):
    """The column that groups or orders the rows is missing, or is the target."""

    code = "automl.split_unusable"


class TableTooSmall(InvalidInput):
    """Too few rows or columns to train and validate anything."""

    code = "automl.table_too_small"


class SearchFailed(InvalidInput):
    """The search could not learn from this table; the engine says why."""

    code = "automl.search_failed"


class SearchNotFound(NotFound):
    """No such search."""

    code = "automl.search_not_found"


class ResultsNotReady(Conflict):
    """The search has no results, or none yet."""

    code = "automl.results_not_ready"
