"""What can be wrong with a search before it starts, and with asking for its results."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited


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


class PastSearchNotFound(NotFound):
    """No such search is remembered."""

    code = "automl.past_search_not_found"


class TooManySearches(RateLimited):
    """The tenant has as many searches queued and running as it may."""

    code = "automl.too_many_searches"
    title = "Too many searches at once"


class BudgetTooLarge(InvalidInput):
    """A search may not take that long here."""

    code = "automl.budget_too_large"
