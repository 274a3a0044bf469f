"""What a regressor's out-of-fold predictions look like: against the truth, and what is left over."""

from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl.tasks import FloatArray

MAX_POINTS = 1000
BINS = 30
_SEED = 0


@dataclass(frozen=True)
class ResidualDiagnostics:
    """A regressor on rows it was not trained on; a residual is the truth less the prediction.

    `actual` and `predicted` are those of at most 1,000 rows, drawn evenly; the histogram and the
    quantiles (5, 25, 50, 75, 95 %) of the residuals are over all `rows`.
    """

    rows: int
    actual: list[float]
    predicted: list[float]
    edges: list[float]
    counts: list[int]
    quantiles: list[float]


def residual_diagnostics(actual: FloatArray, predicted: FloatArray) -> ResidualDiagnostics:
    """Describe predictions (n,) for rows whose truth is `actual` (n,)."""
    residuals = actual - predicted
    rows = np.arange(len(actual))
    if len(rows) > MAX_POINTS:
        drawn = np.random.default_rng(_SEED).choice(len(rows), MAX_POINTS, replace=False)
        rows = np.sort(drawn)
    counts, edges = np.histogram(residuals, bins=BINS)
    return ResidualDiagnostics(
        rows=len(actual),
        actual=[float(value) for value in actual[rows]],
        predicted=[float(value) for value in predicted[rows]],
        edges=[float(edge) for edge in edges],
        counts=[int(count) for count in counts],
        quantiles=[float(q) for q in np.quantile(residuals, [0.05, 0.25, 0.5, 0.75, 0.95])],
    )
