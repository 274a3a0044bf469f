"""Small neural networks that stop when held-back rows are predicted no better, or time is over.

They are trained here: on tables, a library's step costs several times the arithmetic in it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from maestro_ml.engine.automl.encoders import DenseEncoder
from maestro_ml.engine.automl.learners.base import FitContext, Predictor, Rows
from maestro_ml.engine.automl.tasks import FloatArray, Task

_Single = npt.NDArray[np.float32]
# Weights (inputs, outputs) and offsets (outputs,) of each layer.
_Layers = list[tuple[_Single, _Single]]
# About so many steps an epoch, by batches of a size between these.
_STEPS, _LEAST_BATCH, _MOST_BATCH = 30, 32, 256
_LEAST_GAIN = 1e-5
_MEAN_DECAY, _SQUARE_DECAY, _TINY = 0.9, 0.999, np.float32(1e-8)


@dataclass(frozen=True)
class NetworkPredictor:
    """Rectified layers behind a dense encoder; regressions in standardised units."""

    encoder: DenseEncoder
    layers: _Layers
    task: Task
    centre: float = 0.0
    scale: float = 1.0

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        answers = _answers(self.layers, self.encoder.apply(X).astype(np.float32), self.task)
        if self.task.is_classification:
            return answers.astype(np.float64)
        return answers[:, 0].astype(np.float64) * self.scale + self.centre


@dataclass(frozen=True)
class NetworkLearner:
    """`width` of the first of `depth` hidden layers, each half as wide as the one before; `alpha` is
    the penalty of squared weights; `epochs` at most, `patience` of them without a gain."""

    width: int = 256
    depth: int = 1
    alpha: float = 0.1
    learning_rate: float = 2e-3
    epochs: int = 200
    patience: int = 15

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        """Train until the loss of the validation rows has not fallen for `patience` epochs."""
        encoder, task = DenseEncoder(ranked=True), context.task
        encoded = encoder.fit_apply(train.X, train.y, context.columns, task, context.seed)
        rows, held = encoded.astype(np.float32), encoder.apply(valid.X).astype(np.float32)
        centre, scale = 0.0, 1.0
        if not task.is_classification:
            centre, scale = float(train.y.mean()), float(train.y.std()) or 1.0
        y = _targets((train.y - centre) / scale, context)
        answers = _targets((valid.y - centre) / scale, context)
        hidden = [max(2, self.width >> layer) for layer in range(self.depth)]
        network = _Network([rows.shape[1], *hidden, y.shape[1]], self, context.seed)
        least, since, kept = np.inf, 0, network.weights.copy()
        for _ in range(self.epochs):
            network.pass_over(rows, y, task)
            loss = _loss(_answers(network.layers, held, task), answers, task)
            since = 0 if loss < least - _LEAST_GAIN else since + 1
            if since == 0:
                least, kept = loss, network.weights.copy()
            if since >= self.patience or context.out_of_time:
                break
        network.weights[:] = kept
        return NetworkPredictor(encoder, network.layers, task, centre, scale)


class _Network:
    """Layers whose weights lie on one vector, so that a step of Adam (Kingma and Ba, 2015) is a few
    operations whatever the layers are."""

    def __init__(self, sizes: list[int], learner: NetworkLearner, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._rate = learner.learning_rate
        shapes = list(pairwise(sizes))
        count = sum(inputs * outputs + outputs for inputs, outputs in shapes)
        self.weights = np.zeros(count, np.float32)
        self._gradient, self._penalty, self._mean, self._square, self._work = (
            np.zeros(count, np.float32) for _ in range(5)
        )
        self.layers = _on(self.weights, shapes)
        self._gradients = _on(self._gradient, shapes)
        for own, (penalty, _) in zip(self.layers, _on(self._penalty, shapes), strict=True):
            bound = np.sqrt(6.0 / sum(own[0].shape))
            for part in own:
                part[:] = self._random.uniform(-bound, bound, part.shape)
            penalty[:] = learner.alpha
        self._steps = 0

    def pass_over(self, rows: _Single, y: _Single, task: Task) -> None:
        """One epoch: a step for each batch of the rows in a new order."""
        order = self._random.permutation(len(rows))
        size = int(np.clip(len(rows) // _STEPS, _LEAST_BATCH, _MOST_BATCH))
        for begin in range(0, len(rows), size):
            batch = order[begin : begin + size]
            self._back_propagate(rows[batch], y[batch], task)
            self._step(len(batch))

    def _back_propagate(self, rows: _Single, y: _Single, task: Task) -> None:
        seen = [rows]
        for weights, offsets in self.layers[:-1]:
            seen.append(np.maximum(seen[-1] @ weights + offsets, 0.0))
        # Of the log loss of probabilities and of half the squared error alike.
        wrong = (_answers(self.layers[-1:], seen[-1], task) - y) / np.float32(len(rows))
        for layer in reversed(range(len(self.layers))):
            weights, offsets = self._gradients[layer]
            np.dot(seen[layer].T, wrong, out=weights)
            wrong.sum(axis=0, out=offsets)
            if layer:
                wrong = (wrong @ self.layers[layer][0].T) * (seen[layer] > 0)

    def _step(self, rows: int) -> None:
        self._steps += 1
        gradient, work = self._gradient, self._work
        np.multiply(self._penalty, self.weights, out=work)
        work /= np.float32(rows)
        gradient += work
        self._mean *= np.float32(_MEAN_DECAY)
        self._mean += np.multiply(gradient, np.float32(1 - _MEAN_DECAY), out=work)
        self._square *= np.float32(_SQUARE_DECAY)
        np.multiply(gradient, gradient, out=work)
        work *= np.float32(1 - _SQUARE_DECAY)
        self._square += work
        unbiased = np.sqrt(1 - _SQUARE_DECAY**self._steps) / (1 - _MEAN_DECAY**self._steps)
        np.sqrt(self._square, out=work)
        work += _TINY
        np.divide(self._mean, work, out=work)
        work *= np.float32(self._rate * unbiased)
        self.weights -= work


def _on(vector: _Single, shapes: list[tuple[int, int]]) -> _Layers:
    """Views of the vector's parts as weights and offsets."""
    layers, at = [], 0
    for inputs, outputs in shapes:
        middle, end = at + inputs * outputs, at + inputs * outputs + outputs
        layers.append((vector[at:middle].reshape(inputs, outputs), vector[middle:end]))
        at = end
    return layers


def _targets(y: FloatArray, context: FitContext) -> _Single:
    """Numbers (n, 1), or 1 for the class of a row and 0 for the others (n, K)."""
    if not context.task.is_classification:
        return y.astype(np.float32).reshape(-1, 1)
    return np.eye(context.n_classes, dtype=np.float32)[y.astype(np.int64)]


def _answers(layers: _Layers, rows: _Single, task: Task) -> _Single:
    """Probabilities (n, K), or numbers (n, 1) in standardised units."""
    *hidden, (weights, offsets) = layers
    for inner, shift in hidden:
        rows = np.maximum(rows @ inner + shift, 0.0)
    raw: _Single = rows @ weights + offsets
    if not task.is_classification:
        return raw
    raw -= raw.max(axis=1, keepdims=True)
    np.exp(raw, out=raw)
    raw /= raw.sum(axis=1, keepdims=True)
    return raw


def _loss(answers: _Single, y: _Single, task: Task) -> float:
    if not task.is_classification:
        return float(np.mean((answers - y) ** 2))
    return float(-np.mean(np.log(np.maximum(answers[y > 0], _TINY))))
