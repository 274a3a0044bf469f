"""From a raw table and target to the problem that trials solve; everything wrong is said here."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from maestro_ml.engine.automl.dtypes import plain, plain_table
from maestro_ml.engine.automl.errors import InvalidFeaturesError, InvalidSplitError
from maestro_ml.engine.automl.folds import make_folds
from maestro_ml.engine.automl.leakage import leakage_warnings
from maestro_ml.engine.automl.metrics import ScoreFunction, resolve_metric
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.schema import (
    FeatureSchema,
    at_leisure,
    drop_repeated,
    learn_schema,
)
from maestro_ml.engine.automl.splits import GroupSplit, Split
from maestro_ml.engine.automl.tasks import Target, Task, encode_target

_RARE_CLASS = 5
# One held-back part is a fifth of the rows at most, so fewer to learn from are a sample.
_FEW = 0.75


@dataclass(frozen=True)
class Prepared:
    """A checked and encoded learning task, and what the caller should know about it."""

    problem: Problem
    schema: FeatureSchema
    target: Target
    warnings: tuple[str, ...]


def check_table(table: object, y: object) -> None:
    """Raise InvalidFeaturesError unless these are a DataFrame and a Series of equal length."""
    if not isinstance(table, pd.DataFrame) or not isinstance(y, pd.Series):
        raise InvalidFeaturesError(
            "Give the features as a pandas DataFrame and the target as a pandas Series."
        )
    if len(table) != len(y):
        raise InvalidFeaturesError(
            f"The features have {len(table)} rows and the target has {len(y)}. "
            "Take both from the same table."
        )


def prepare(
    table: pd.DataFrame,
    y: pd.Series,
    *,
    task: Task | None,
    metric: str | ScoreFunction | None,
    seed: int,
    budget: float,
    split: Split | None = None,
    require_time: Callable[[], None] = at_leisure,
) -> Prepared:
    """Check, learn the schema, encode, split; `threads` of the problem is 1 until planned.

    `require_time` is called between columns and raises when there is none left. Raises an
    AutoMLError that names what is wrong and what to do.
    """
    target = encode_target(plain(y), task)
    chosen = resolve_metric(metric, target.task, target.n_classes)
    rows = plain_table(table)
    if not target.kept.all():
        rows = rows[target.kept]
    by = None if split is None else _column(rows, split)
    if isinstance(split, GroupSplit):
        rows = rows.drop(columns=split.column)
    learned = learn_schema(rows, require_time)
    schema, matrix = drop_repeated(learned, learned.encode(rows, require_time))
    require_time()
    problem = Problem(
        task=target.task,
        n_classes=target.n_classes,
        columns=schema.matrix_columns,
        X=matrix,
        y=target.values,
        folds=make_folds(target, matrix.shape[1], seed, budget, split, by),
        metric=chosen,
        seed=seed,
        threads=1,
    )
    return Prepared(problem, schema, target, tuple(_warnings(problem, schema, target)))


def _column(table: pd.DataFrame, split: Split) -> pd.Series:
    if split.column not in table:
        columns = ", ".join(str(name) for name in table.columns[:20])
        raise InvalidSplitError(
            f"There is no column '{split.column}' to split the rows by. The columns are: {columns}."
        )
    return table[split.column]


def _warnings(problem: Problem, schema: FeatureSchema, target: Target) -> list[str]:
    found = []
    without_target = int((~target.kept).sum())
    if without_target:
        found.append(f"{without_target} rows without a target were left out.")
    found += [
        f"Column '{column.name}' was dropped: it {column.reason}." for column in schema.dropped
    ]
    used = len(problem.folds[0].train)
    if len(problem.folds) == 1 and used < _FEW * len(problem.y):
        found.append(
            f"Models learn from {used} of {len(problem.y)} rows, which is what the time budget allows. "
            "Give more seconds to learn from more."
        )
    if target.classes is not None:
        counts = pd.Series(target.values).value_counts()
        rare = [str(target.classes[int(code)]) for code in counts.index[counts < _RARE_CLASS]]
        if rare:
            found.append(
                f"These classes have fewer than {_RARE_CLASS} rows, so their scores mean little: "
                f"{', '.join(rare)}."
            )
    return found + leakage_warnings(problem)
