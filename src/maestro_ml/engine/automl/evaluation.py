"""The figures that people ask of a model, from predictions for rows it was not trained on."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn import metrics

from maestro_ml.engine.automl.diagnostics import ClassDiagnostics, class_diagnostics
from maestro_ml.engine.automl.residuals import ResidualDiagnostics, residual_diagnostics
from maestro_ml.engine.automl.result import AutoMLResult
from maestro_ml.engine.automl.tasks import FloatArray


def out_of_fold_metrics(result: AutoMLResult, y: pd.Series) -> dict[str, float]:
    """Scores of the search's out-of-fold predictions against the target `y` that was searched.

    Binary and multiclass: accuracy, balanced accuracy, macro F1, log loss and ROC AUC (one against
    the rest); regression: RMSE, MAE and R². A figure that the data do not define is left out.
    """
    actual, predicted = _validated(result, y)
    if result.model.classes_ is None:
        return _defined(_regression(actual.to_numpy(dtype=np.float64), predicted))
    return _defined(_classification(_codes(result, actual), predicted))


def out_of_fold_diagnostics(
    result: AutoMLResult, y: pd.Series
) -> ClassDiagnostics | ResidualDiagnostics:
    """Confusion and curves, or residuals, of the search's out-of-fold predictions for `y`."""
    actual, predicted = _validated(result, y)
    if result.model.classes_ is None:
        return residual_diagnostics(actual.to_numpy(dtype=np.float64), predicted)
    classes = result.model.classes_.tolist()
    return class_diagnostics(classes, _codes(result, actual), predicted)


def _validated(result: AutoMLResult, y: pd.Series) -> tuple[pd.Series, FloatArray]:
    """The rows that some fold validated: their truth and their predictions."""
    actual = y.dropna()
    rows = np.flatnonzero(~np.isnan(result.predictions.reshape(len(actual), -1)).any(axis=1))
    return actual.iloc[rows], result.predictions[rows]


def _codes(result: AutoMLResult, actual: pd.Series) -> npt.NDArray[np.intp]:
    classes = result.model.classes_
    assert classes is not None
    codes: npt.NDArray[np.intp] = pd.Index(classes).get_indexer(pd.Index(actual))
    return codes


def _regression(actual: FloatArray, predicted: FloatArray) -> dict[str, Callable[[], float]]:
    return {
        "rmse": lambda: float(metrics.root_mean_squared_error(actual, predicted)),
        "mae": lambda: float(metrics.mean_absolute_error(actual, predicted)),
        "r2": lambda: float(metrics.r2_score(actual, predicted)),
    }


def _classification(
    codes: npt.NDArray[np.intp], probabilities: FloatArray
) -> dict[str, Callable[[], float]]:
    chosen = probabilities.argmax(axis=1)
    labels = list(range(probabilities.shape[1]))
    shares = probabilities / probabilities.sum(axis=1, keepdims=True)
    scores = shares[:, 1] if len(labels) == 2 else shares
    return {
        "accuracy": lambda: float(metrics.accuracy_score(codes, chosen)),
        "balanced_accuracy": lambda: float(metrics.balanced_accuracy_score(codes, chosen)),
        "f1_macro": lambda: float(metrics.f1_score(codes, chosen, average="macro", labels=labels)),
        "log_loss": lambda: float(metrics.log_loss(codes, shares, labels=labels)),
        "roc_auc": lambda: float(
            metrics.roc_auc_score(codes, scores, multi_class="ovr", labels=labels)
        ),
    }


def _defined(figures: dict[str, Callable[[], float]]) -> dict[str, float]:
    found = {}
    for name, figure in figures.items():
        try:
            value = figure()
        except ValueError:  # such as ROC AUC when a class has no validated row
            continue
        if np.isfinite(value):
            found[name] = value
    return found
