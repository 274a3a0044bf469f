"""What a classifier's out-of-fold probabilities look like: confusion, ROC, precision, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn import metrics

from maestro_ml.engine.automl.tasks import FloatArray

MAX_POINTS = 200
MAX_MATRIX = 30
MAX_CURVES = 10
BINS = 10
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Curve:
    """A line through at most 200 points, from left to right; `area` below the whole line."""

    x: list[float]
    y: list[float]
    area: float


@dataclass(frozen=True)
class CalibrationBin:
    """Rows whose probability lies in one tenth: the mean of it, and the share that was of the class."""

    predicted: float
    observed: float
    rows: int


@dataclass(frozen=True)
class ClassCurves:
    """One class against the rest: `positives` of the rows are of it.

    roc: false positive rate → true positive rate. precision_recall: recall → precision, its area the
    average precision.
    """

    label: str
    positives: int
    roc: Curve
    precision_recall: Curve
    calibration: list[CalibrationBin]
    brier: float


@dataclass(frozen=True)
class ClassDiagnostics:
    """A classifier on rows it was not trained on.

    confusion[i][j]: rows of class i that were taken for class j, in the order of `classes`; None for
    more than 30 classes. `curves`: of the second of two classes, or of the 10 most frequent ones.
    """

    rows: int
    classes: list[str]
    confusion: list[list[int]] | None
    curves: list[ClassCurves]


def class_diagnostics(
    classes: Sequence[object], codes: Codes, probabilities: FloatArray
) -> ClassDiagnostics:
    """Describe `probabilities` (n, K) of rows whose classes are `codes` (n,) into `classes`."""
    labels = [str(each) for each in classes]
    shares = probabilities / probabilities.sum(axis=1, keepdims=True)
    matrix = None
    if len(labels) <= MAX_MATRIX:
        counted = metrics.confusion_matrix(
            codes, probabilities.argmax(axis=1), labels=range(len(labels))
        )
        matrix = [[int(count) for count in row] for row in counted]
    counts = np.bincount(codes, minlength=len(labels))
    frequent = [1] if len(labels) == 2 else np.argsort(-counts, kind="stable")[:MAX_CURVES]
    drawn = [int(code) for code in frequent if 0 < counts[code] < len(codes)]
    return ClassDiagnostics(
        rows=len(codes),
        classes=labels,
        confusion=matrix,
        curves=[_curves(labels[code], codes == code, shares[:, code]) for code in drawn],
    )


def _curves(label: str, positive: npt.NDArray[np.bool_], score: FloatArray) -> ClassCurves:
    false_rate, true_rate, _ = metrics.roc_curve(positive, score)
    precision, recall, _ = metrics.precision_recall_curve(positive, score)
    return ClassCurves(
        label=label,
        positives=int(positive.sum()),
        roc=_thin(false_rate, true_rate, float(metrics.auc(false_rate, true_rate))),
        precision_recall=_thin(
            recall[::-1], precision[::-1], float(metrics.average_precision_score(positive, score))
        ),
        calibration=_calibration(positive, score),
        brier=float(np.mean((score - positive) ** 2)),
    )


def _thin(x: FloatArray, y: FloatArray, area: float) -> Curve:
    """At most 200 of the points, at even distances along the line, both ends included."""
    if len(x) > MAX_POINTS:
        steps = np.hypot(np.diff(x), np.diff(y))
        way = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.searchsorted(way, np.linspace(0.0, way[-1], MAX_POINTS))
        kept = np.unique(np.concatenate([[0], at, [len(x) - 1]]).clip(0, len(x) - 1))
        # Both ends are there already, so the cut takes an inner point at most.
        kept = kept if len(kept) <= MAX_POINTS else np.delete(kept, len(kept) // 2)
        x, y = x[kept], y[kept]
    return Curve(_rounded(x), _rounded(y), area)


def _calibration(positive: npt.NDArray[np.bool_], score: FloatArray) -> list[CalibrationBin]:
    slots = np.minimum((score * BINS).astype(int), BINS - 1)
    bins = []
    for slot in range(BINS):
        inside = slots == slot
        if inside.any():
            means = float(score[inside].mean()), float(positive[inside].mean())
            bins.append(CalibrationBin(*means, rows=int(inside.sum())))
    return bins


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(value), 5) for value in values]
