"""Which task a target asks for, and which targets cannot be learned."""

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl.errors import (
    AutoMLError,
    IdentifierTargetError,
    InvalidTargetError,
    SingleClassError,
    TargetMissingError,
    TooFewRowsError,
    TooManyClassesError,
)
from maestro_ml.engine.automl.tasks import Task, encode_target, infer_task

ROWS = 200


def series(values: object) -> pd.Series:
    return pd.Series(values, name="y")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1] * 100, Task.BINARY),
        ([1.5, 2.5] * 100, Task.BINARY),
        ([True, False] * 100, Task.BINARY),
        (["yes", "no"] * 100, Task.BINARY),
        (["a", "b", "c", "d"] * 50, Task.MULTICLASS),
        (list(range(10)) * 20, Task.MULTICLASS),
        ([float(i % 7) for i in range(ROWS)], Task.MULTICLASS),
        ([i * 1.37 for i in range(ROWS)], Task.REGRESSION),
        ([i % 60 for i in range(ROWS)], Task.REGRESSION),
        (list(range(8)) * 4, Task.REGRESSION),
    ],
)
def test_the_task_follows_the_targets_values(values: list[object], task: Task) -> None:
    assert infer_task(series(values)) is task


@pytest.mark.parametrize(
    "dtype", ["object", "string", "category", pd.StringDtype(storage="python", na_value=np.nan)]
)
def test_every_kind_of_text_column_is_a_classification(dtype: object) -> None:
    target = encode_target(series(["no", "yes"] * 50).astype(dtype))  # type: ignore[call-overload]
    assert target.task is Task.BINARY
    assert target.classes is not None
    assert target.classes.tolist() == ["no", "yes"]
    assert target.values[:2].tolist() == [0.0, 1.0]


def test_rows_without_a_target_are_told_apart() -> None:
    target = encode_target(series([0, 1, None] * 20))
    assert target.kept.sum() == 40
    assert len(target.values) == 40


def test_integer_classes_keep_their_dtype() -> None:
    target = encode_target(series(np.array([3, 7] * 20, dtype=np.int32)))
    assert target.classes is not None
    assert target.classes.dtype == np.int32


@pytest.mark.parametrize(
    ("values", "task", "error"),
    [
        (["same"] * ROWS, None, SingleClassError),
        ([None] * ROWS, None, TargetMissingError),
        ([1.0, 2.0, 3.0], None, TooFewRowsError),
        ([f"user-{i}" for i in range(ROWS)], None, IdentifierTargetError),
        (list(range(ROWS)), None, IdentifierTargetError),
        (list(range(300)) * 4, Task.MULTICLASS, TooManyClassesError),
        ([1.0, np.inf] * 100, Task.REGRESSION, InvalidTargetError),
        (["a", "b"] * 50, Task.REGRESSION, InvalidTargetError),
        (["a", "b", "c"] * 50, Task.BINARY, InvalidTargetError),
        (["a", "b"] * 50 + ["rare"], None, InvalidTargetError),
    ],
)
def test_what_cannot_be_learned_is_refused_with_the_next_step(
    values: list[object], task: Task | None, error: type[AutoMLError]
) -> None:
    with pytest.raises(error, match=r"Choose|Clean|Add|Group|Ask|merge") as raised:
        encode_target(series(values), task)
    assert raised.value.code.startswith("automl.")
