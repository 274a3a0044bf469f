"""What a data set's profile already says about a search: refused here, it costs nobody a minute."""

from __future__ import annotations

import difflib
import re

from maestro_ml.contracts.automl import AutoMLRequest, TaskType
from maestro_ml.contracts.dataset_profile import ColumnProfile, ColumnType, TableProfile
from maestro_ml.server.automl.errors import (
    BudgetTooLarge,
    SplitUnusable,
    TableTooSmall,
    TargetNotFound,
    TargetUnusable,
    TooManySearches,
)
from maestro_ml.server.kernel.errors import InvalidInput

MIN_ROWS = 10
# Searches take minutes; asking more often tells nothing new.
_RETRY_SECONDS = 60
_TEXTS = {ColumnType.STRING, ColumnType.TEXT, ColumnType.CATEGORICAL}
# An identifier has (almost) as many values as rows.
_IDENTIFIER_SHARE = 0.95


def check_request(request: AutoMLRequest, profile: TableProfile) -> None:
    """Refuse what cannot succeed.

    Raises TableTooSmall, TargetNotFound, TargetUnusable or SplitUnusable.
    """
    column = _column(request.target, profile, TargetNotFound)
    split = request.group_column or request.time_column
    if split is not None:
        _column(split, profile, SplitUnusable)
        if split == request.target:
            raise SplitUnusable(
                f"{split} is what is predicted, so rows cannot be split by it. Choose another column."
            )
    if profile.rows < MIN_ROWS:
        raise TableTooSmall(
            f"The table has {profile.rows} rows; a model needs at least {MIN_ROWS} to train and "
            "validate. Upload more."
        )
    if len(profile.columns) < 2:
        raise TableTooSmall(
            f"The table has no column besides {request.target}; there is nothing to predict from."
        )
    _check_values(column, request.task_type)


def _column(name: str, profile: TableProfile, missing: type[InvalidInput]) -> ColumnProfile:
    for column in profile.columns:
        if column.name == name:
            return column
    names = [column.name for column in profile.columns]
    folded = {each.lower(): each for each in names}
    close = [folded[each] for each in difflib.get_close_matches(name.lower(), folded, n=1)]
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    meant = f" Did you mean {close[0]}?" if close else ""
    raise missing(f"There is no column {name}.{meant} The columns are: {shown}.")


def _check_values(column: ColumnProfile, task: TaskType) -> None:
    if column.count == 0:
        raise TargetUnusable(
            f"Every value of {column.name} is missing. Choose another target, or upload a version "
            "that has it."
        )
    if column.distinct <= 1:
        raise TargetUnusable(
            f"{column.name} has a single value, so there is nothing to tell apart. Choose another "
            "target, or upload rows of every class."
        )
    quantity = column.type not in _TEXTS and column.type is not ColumnType.INTEGER
    unique = column.distinct >= _IDENTIFIER_SHARE * column.count and column.count >= MIN_ROWS
    classes = task in (TaskType.CLASSIFICATION, TaskType.BINARY, TaskType.MULTICLASS)
    if unique and (column.type in _TEXTS or (classes and not quantity)):
        raise TargetUnusable(
            f"Nearly every value of {column.name} is different ({column.distinct} in {column.count} "
            "rows): it names rows, it does not group them. Choose another target"
            + ("." if column.type in _TEXTS else ", or task_type regression.")
        )
    if task is TaskType.REGRESSION and column.type in _TEXTS:
        raise TargetUnusable(
            f"{column.name} holds text, which a regression cannot predict. Choose a numeric target, "
            "or task_type classification."
        )
    if task is TaskType.BINARY and column.distinct > 2:
        raise TargetUnusable(
            f"{column.name} has {column.distinct} values; a binary target has two. Choose task_type "
            "multiclass or regression."
        )


def check_budget(request: AutoMLRequest, most_seconds: int) -> None:
    """Refuse what takes longer than a search may here. Raises BudgetTooLarge."""
    if request.time_budget > most_seconds:
        raise BudgetTooLarge(
            f"A search may take {most_seconds} s here, not {request.time_budget} s. Give at most that, "
            "or ask the operator to raise MAESTRO_AUTOML_MAX_SECONDS."
        )


def check_open(searches: int, most: int) -> None:
    """Refuse one search too many at once; 0 is no limit. Raises TooManySearches."""
    if most and searches >= most:
        raise TooManySearches(
            f"Your organisation has {searches} searches queued and running, the most there may be. "
            "Wait for one of them to end or cancel one (`maestro automl list` shows them); the "
            "operator sets MAESTRO_AUTOML_MAX_OPEN.",
            retry_after=_RETRY_SECONDS,
        )


def model_name(request: AutoMLRequest, dataset_name: str) -> str:
    """The registered model's name: the wanted one, or data set and target."""
    if request.model_name is not None:
        return request.model_name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{dataset_name}-{request.target}").strip("-.")[:120]


def deployment_name(name: str) -> str:
    """A deployment's name made from a model's: lower case, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-") or "model"
