"""What is being learned: the task, inferred from the target, and the target's encoding."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from maestro_ml.engine.automl.errors import (
    IdentifierTargetError,
    InvalidTargetError,
    SingleClassError,
    TargetMissingError,
    TooFewRowsError,
    TooManyClassesError,
)

MIN_ROWS = 10
MAX_CLASSES = 200
# Boosters hold gradients in 32 bits, and errors are squared.
LARGEST_TARGET = 1e15
# Whole numbers with at most this many values are classes; more are quantities.
MAX_INTEGER_CLASSES = 20

FloatArray = npt.NDArray[np.float64]


class Task(StrEnum):
    """The three kinds of supervised learning the engine knows."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def is_classification(self) -> bool:
        """True for binary and multiclass."""
        return self is not Task.REGRESSION


@dataclass(frozen=True)
class Target:
    """An encoded target: class codes 0..K-1 (as floats) or numbers, without missing values."""

    task: Task
    values: FloatArray
    kept: npt.NDArray[np.bool_]
    classes: npt.NDArray[Any] | None
    name: str

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return 0 if self.classes is None else len(self.classes)


def infer_task(y: pd.Series) -> Task:
    """Booleans, text and categories are classes; floats with fractions are quantities; whole
    numbers are classes up to 20 distinct values that each come back (5 rows a value on average).
    """
    present = y.dropna()
    distinct = present.nunique()
    if types.is_bool_dtype(y) or not types.is_numeric_dtype(y):
        return Task.BINARY if distinct <= 2 else Task.MULTICLASS
    numbers = present.to_numpy(dtype=np.float64)
    whole = bool(np.all(np.isfinite(numbers)) and np.all(numbers == np.round(numbers)))
    if distinct <= 2:
        return Task.BINARY
    if whole and distinct <= MAX_INTEGER_CLASSES and len(present) >= 5 * distinct:
        return Task.MULTICLASS
    return Task.REGRESSION


def encode_target(y: pd.Series, task: Task | None = None) -> Target:
    """Check the target and encode it.

    Raises InvalidTargetError (or a subclass) when it cannot be learned, TooFewRowsError when fewer
    than 10 rows have a value.
    """
    name = str(y.name) if y.name is not None else "target"
    kept = _known(y, name)
    present = y[kept]
    if present.empty:
        raise TargetMissingError(
            f"The target '{name}' has no value in any row. Choose another target column."
        )
    if len(present) < MIN_ROWS:
        raise TooFewRowsError(
            f"Only {len(present)} rows have a value in '{name}'; at least {MIN_ROWS} are needed. "
            "Add rows."
        )
    if _distinct(present, name) < 2:
        raise SingleClassError(
            f"The target '{name}' has the single value '{present.iloc[0]}': there is nothing to "
            "predict. Choose another target or add rows with other values."
        )
    chosen = task or infer_task(y)
    if chosen is Task.REGRESSION:
        return Target(chosen, _numbers(present, name), kept, None, name)
    return _encode_classes(present, chosen, kept, name)


def _known(y: pd.Series, name: str) -> npt.NDArray[np.bool_]:
    try:
        return y.notna().to_numpy(dtype=bool)
    except ArithmeticError:  # a decimal's signalling NaN
        raise _no_scalars(name) from None


def _distinct(present: pd.Series, name: str) -> int:
    if types.is_complex_dtype(present.dtype):
        raise _no_scalars(name)
    try:
        return int(present.nunique())
    except TypeError:  # what cannot be compared by value has no hash
        raise _no_scalars(name) from None


def _no_scalars(name: str) -> InvalidTargetError:
    return InvalidTargetError(
        f"The target '{name}' holds lists, objects or complex numbers. Choose a column of "
        "numbers, texts, booleans or dates."
    )


def _numbers(present: pd.Series, name: str) -> FloatArray:
    values = pd.to_numeric(present, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    unusable = int((~(np.abs(values) <= LARGEST_TARGET)).sum())
    if unusable:
        raise InvalidTargetError(
            f"The target '{name}' is infinite, text or beyond {LARGEST_TARGET:g} in {unusable} of "
            f"{len(values)} rows, which a regression cannot learn. Clean or leave out those rows, "
            "rescale the target, or ask for a classification."
        )
    step = np.unique(np.diff(np.sort(values)))
    if len(values) > MIN_ROWS and len(step) == 1 and types.is_integer_dtype(present):
        raise IdentifierTargetError(
            f"The target '{name}' numbers the rows (evenly spaced, all different), so it looks "
            "like an identifier. Choose the column that you want to predict."
        )
    return values


def _encode_classes(
    present: pd.Series, task: Task, kept: npt.NDArray[np.bool_], name: str
) -> Target:
    counts = present.value_counts()
    counts = counts[counts > 0]
    if len(counts) > 0.5 * len(present):
        raise IdentifierTargetError(
            f"The target '{name}' has {len(counts)} different values in {len(present)} rows, so it "
            "looks like an identifier. Choose the column that you want to predict."
        )
    if len(counts) > MAX_CLASSES:
        raise TooManyClassesError(
            f"The target '{name}' has {len(counts)} classes; {MAX_CLASSES} is the most. Group "
            "them into fewer, or ask for task='regression' when they are quantities."
        )
    if counts.min() < 2:
        rare = ", ".join(repr(label) for label in counts.index[counts < 2][:5])
        raise InvalidTargetError(
            f"These classes of '{name}' have one row only, which cannot be both trained and "
            f"validated: {rare}. Add rows of these classes, merge them or leave them out."
        )
    if task is Task.BINARY and len(counts) > 2:
        raise InvalidTargetError(
            f"The target '{name}' has {len(counts)} classes, so it is not binary. "
            "Ask for task='multiclass'."
        )
    classes = _sorted_classes(present)
    codes = pd.Index(classes, dtype=object).get_indexer(present.astype(object)).astype(np.float64)
    return Target(task, codes, kept, classes, name)


def _sorted_classes(present: pd.Series) -> npt.NDArray[Any]:
    """Distinct labels in order, in a numpy type that gives predictions the labels' own type."""
    labels = list(present.unique())
    try:
        labels.sort()
    except TypeError:
        labels.sort(key=str)
    if types.is_bool_dtype(present):
        return np.array(labels, dtype=bool)
    if types.is_numeric_dtype(present):
        return np.array(labels)
    classes = np.empty(len(labels), dtype=object)
    for code, label in enumerate(labels):  # numpy would take tuples apart
        classes[code] = label
    return classes
