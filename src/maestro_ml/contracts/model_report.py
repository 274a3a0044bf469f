"""How a model did on rows it was not trained on, as it is drawn; kept beside the model's files."""

from __future__ import annotations

from maestro_ml.contracts.automl import TaskType
from maestro_ml.contracts.base import Contract

REPORT_FILE = "report.json"
"""Where a version that an AutoML search registered keeps its report."""


class Curve(Contract):
    """A line of at most 200 points, from left to right, and the area below the whole of it."""

    x: list[float]
    y: list[float]
    area: float


class CalibrationBin(Contract):
    """Rows whose probability lies in one tenth: its mean, and the share that was of the class."""

    predicted: float
    observed: float
    rows: int


class ClassCurves(Contract):
    """One class against the rest; `precision_recall` has recall as x, its area is the average precision."""

    label: str
    positives: int
    roc: Curve
    precision_recall: Curve
    calibration: list[CalibrationBin]
    brier: float


class ClassDiagnostics(Contract):
    """A classifier; confusion[i][j] counts rows of class i taken for j, None beyond 30 classes.

    `curves` are those of the second of two classes, or of the ten most frequent ones.
    """

    rows: int
    classes: list[str]
    confusion: list[list[int]] | None
    curves: list[ClassCurves]


class ResidualDiagnostics(Contract):
    """A regressor: at most 1,000 points, and the residuals (truth less prediction) of all `rows`.

    `quantiles`: the residuals below which 5, 25, 50, 75 and 95 % lie.
    """

    rows: int
    actual: list[float]
    predicted: list[float]
    edges: list[float]
    counts: list[int]
    quantiles: list[float]


class InputValues(Contract):
    """What a column usually holds: `choices` by frequency if they are few, or a range of numbers."""

    name: str
    choices: list[str] | None = None
    min: float | None = None
    median: float | None = None
    max: float | None = None


class ModelReport(Contract):
    """Everything is out of fold: of rows that the models behind it were not trained on."""

    target: str
    task_type: TaskType
    metric: str
    dataset: str
    classification: ClassDiagnostics | None = None
    regression: ResidualDiagnostics | None = None
    inputs: list[InputValues]
