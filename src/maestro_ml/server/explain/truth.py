"""What a model's answers are held against: the true outcomes of its rows, the score, the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from maestro_ml.contracts.explain import ModelSlice, SliceFigure
from maestro_ml.engine.automl import AutoMLError, Task
from maestro_ml.engine.automl.columns import label
from maestro_ml.engine.automl.metrics import Metric, resolve_metric
from maestro_ml.engine.explain import ShuffleLoss, Subject, permutation_importance
from maestro_ml.engine.explain.slices import Figure, Outcomes, SliceMetric, groups_of, slice_metrics
from maestro_ml.engine.explain.subject import FloatArray

_SHUFFLED_ROWS = 500
_MOST_SLICED = 12


@dataclass(frozen=True)
class Truth:
    """Rows whose outcome is known: y (n,) are numbers, or places in the model's classes."""

    table: pd.DataFrame
    y: FloatArray
    metric: Metric
    classes: tuple[str, ...] | None

    def head(self, rows: int) -> Truth:
        """The first of them; the table is in random order already."""
        return Truth(self.table.iloc[:rows], self.y[:rows], self.metric, self.classes)

    def score(self, outputs: FloatArray) -> float:
        """The metric of a model's outputs (n, K)."""
        if self.classes is None:
            return self.metric.score(self.y, outputs[:, 0])
        return self.metric.score(self.y, probabilities(outputs, self.classes))


def probabilities(outputs: FloatArray, classes: tuple[str, ...]) -> FloatArray:
    """One column for each class; of two, only the second is an output."""
    return np.column_stack([1.0 - outputs, outputs]) if len(classes) == 2 else outputs


def truth_of(
    subject: Subject, table: pd.DataFrame, target: str | None, metric: str | None
) -> Truth | None:
    """The rows of `table` whose `target` is known; None if there is no such column, or no such row."""
    if target is None or target not in table.columns or target in subject.columns:
        return None
    if subject.classes is None:
        y = pd.to_numeric(table[target], errors="coerce").to_numpy(
            dtype=np.float64, na_value=np.nan
        )
        task, classes = Task.REGRESSION, 0
    else:
        place = {name: float(i) for i, name in enumerate(subject.classes)}
        y = np.array(
            [np.nan if pd.isna(each) else place.get(label(each), np.nan) for each in table[target]]
        )
        classes = len(subject.classes)
        task = Task.BINARY if classes == 2 else Task.MULTICLASS
    known = np.isfinite(y)
    if not known.any():
        return None
    try:
        scored = resolve_metric(metric, task, classes)
    except AutoMLError:
        scored = resolve_metric(None, task, classes)
    order = np.random.default_rng(0).permutation(np.flatnonzero(known))
    return Truth(table.iloc[order], y[order], scored, subject.classes)


def shuffle_loss(subject: Subject, truth: Truth, seed: int) -> ShuffleLoss | None:
    """What the score loses by shuffling; None where the rows do not allow a score."""
    some = truth.head(_SHUFFLED_ROWS)
    found = permutation_importance(subject, some.table, some.score, seed=seed)
    return found if np.isfinite(found.score) and np.isfinite(found.mean).all() else None


def model_slices(subject: Subject, truth: Truth, seed: int) -> list[ModelSlice]:
    """Every metric for the groups of each column that makes some (12 columns at most)."""
    outputs = subject.predict(truth.table)
    if truth.classes is None:
        outcomes = Outcomes(truth.y, outputs[:, 0])
    else:
        names = np.array(truth.classes, dtype=object)
        said = names[np.argmax(probabilities(outputs, truth.classes), axis=1)]
        outcomes = Outcomes(names[truth.y.astype(np.int64)], said, truth.classes)
    groups = [groups_of(truth.table[name]) for name in subject.columns]
    chosen = [each for each in groups if each is not None][:_MOST_SLICED]
    return [
        _slice(metric) for each in chosen for metric in slice_metrics(outcomes, each, seed=seed)
    ]


def _slice(found: SliceMetric) -> ModelSlice:
    return ModelSlice(
        column=found.column,
        metric=found.metric,
        overall=_figure("all rows", found.overall),
        groups=[_figure(name, figure) for name, figure in found.groups.items()],
        difference=found.difference,
    )


def _figure(group: str, figure: Figure) -> SliceFigure:
    return SliceFigure(
        group=group, count=figure.count, value=figure.value, low=figure.low, high=figure.high
    )
