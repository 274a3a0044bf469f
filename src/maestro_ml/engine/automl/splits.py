"""What keeps validation honest where rows are not alike: groups stay together, the future stays out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from maestro_ml.engine.automl.errors import InvalidSplitError


@dataclass(frozen=True)
class GroupSplit:
    """Rows with the same value of `column` (a patient, a shop) are validated together.

    The column is no feature: rows to predict come from groups that were never seen. Each row without
    a value is a group of its own.
    """

    column: str


@dataclass(frozen=True)
class TimeSplit:
    """Rows are validated by models of earlier rows only, in the order of `column` (dates, numbers)."""

    column: str


Split = GroupSplit | TimeSplit


def split_by(group_column: str | None, time_column: str | None) -> Split | None:
    """The split that the one column which is named asks for; None, a random one, for none."""
    if group_column is not None:
        return GroupSplit(group_column)
    return None if time_column is None else TimeSplit(time_column)


def group_codes(values: pd.Series) -> npt.NDArray[np.int64]:
    """The number of each row's group, shape (n,). Raises InvalidSplitError for a single group."""
    codes = np.asarray(pd.factorize(values)[0], dtype=np.int64)
    alone = codes < 0
    codes[alone] = codes.max() + 1 + np.arange(alone.sum())
    if len(np.unique(codes)) < 2:
        raise InvalidSplitError(
            f"Column '{values.name}' has one value, so there are no groups to hold back. "
            "Choose another column, or leave the split out."
        )
    return codes


def time_ranks(values: pd.Series) -> npt.NDArray[np.int64]:
    """The place of each row in the order of time, shape (n,); equal times share theirs.

    Raises InvalidSplitError when a value is missing or is neither a number nor a date.
    """
    missing = int(values.isna().sum())
    if missing:
        raise InvalidSplitError(
            f"Column '{values.name}' orders the rows by time, and {missing} rows have no value in it. "
            "Fill them in, or leave those rows out."
        )
    if not types.is_numeric_dtype(values.dtype) and not types.is_datetime64_any_dtype(values.dtype):
        try:
            values = pd.to_datetime(values, format="mixed", utc=True)
        except (ValueError, TypeError) as error:
            raise InvalidSplitError(
                f"Column '{values.name}' orders the rows by time, but a value is no date ({error}). "
                "Write dates as 2026-01-31 or 2026-01-31T12:00:00."
            ) from None
    ranks = np.asarray(pd.factorize(values, sort=True)[0], dtype=np.int64)
    if ranks.max() < 1:
        raise InvalidSplitError(
            f"All rows have the same value of '{values.name}', so none comes after another. "
            "Choose another column, or leave the split out."
        )
    return ranks
