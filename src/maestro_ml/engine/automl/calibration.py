"""Temperature scaling (Guo et al., 2017): sharper or softer probabilities in the same order.

An average over models is less sure of itself than it should be; one number, learned on out-of-fold
predictions, mends that.
"""

import numpy as np

from maestro_ml.engine.automl.tasks import FloatArray

# Scores that probabilities earn by being right, not by their order: there each model is calibrated
# before it is mixed, too.
PROBABILITY_METRICS = frozenset({"neg_log_loss", "neg_brier_score"})
_STEPS = 20
_SHARPEST = 4.0
# With so many rows the estimate counts half, so that a handful cannot sharpen much.
_HALF_ROWS = 50
_LEAST_PROBABILITY = 1e-15


def fit_temperature(y: FloatArray, probabilities: FloatArray) -> float:
    """The temperature with the least log loss of (n, K) probabilities for the codes y (n,).

    Below 1 sharpens, above 1 softens; between 1/4 and 4. Newton's method in the inverse, in which
    the loss is convex.
    """
    logs = _logs(probabilities)
    own = logs[np.arange(len(y)), y.astype(np.int64)]
    inverse = 1.0
    for _ in range(_STEPS):
        shares = _softmax(inverse * logs)
        expected = (shares * logs).sum(axis=1)
        slope = float(np.mean(expected - own))
        curve = float(np.mean((shares * logs**2).sum(axis=1) - expected**2))
        step = slope / max(curve, 1e-12)
        inverse = float(np.clip(inverse - step, 1 / _SHARPEST, _SHARPEST))
        if abs(step) < 1e-6:
            break
    inverse = 1.0 + (inverse - 1.0) * len(y) / (len(y) + _HALF_ROWS)
    return 1.0 / inverse


def temper(probabilities: FloatArray, temperature: float) -> FloatArray:
    """Probabilities (n, K) at this temperature; NaN stays NaN."""
    if temperature == 1.0:
        return probabilities
    return _softmax(_logs(probabilities) / temperature)


def _logs(probabilities: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(probabilities, _LEAST_PROBABILITY)))


def _softmax(logs: FloatArray) -> FloatArray:
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
