"""What model families read: no leakage from a row's own target, nothing missing where dense."""

import numpy as np
import pytest

from maestro_ml.engine.automl.encoders import DenseEncoder, TreeEncoder
from maestro_ml.engine.automl.exact_values import find_exact_values
from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.target_encoding import fit_apply_encoding, fit_encoding
from maestro_ml.engine.automl.tasks import FloatArray, Task

N, LEVELS = 600, 300
RNG = np.random.default_rng(1)
NOISE_CODES = RNG.integers(0, LEVELS, N).astype(float)
NOISE_TARGET = RNG.integers(0, 2, N).astype(float)
COLUMNS = (MatrixColumn("city", "city", LEVELS), MatrixColumn("x", "x"), MatrixColumn("y", "y", 3))


def matrix() -> FloatArray:
    numbers = RNG.normal(size=N)
    numbers[::7] = np.nan
    return np.column_stack([NOISE_CODES, numbers, RNG.integers(0, 3, N)])


def correlation(a: FloatArray, b: FloatArray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def test_target_encoding_of_training_rows_does_not_know_their_own_target() -> None:
    outputs = NOISE_TARGET.reshape(-1, 1)
    _, honest = fit_apply_encoding(NOISE_CODES, outputs, LEVELS, seed=0)
    leaking = fit_encoding(NOISE_CODES, outputs, LEVELS).apply(NOISE_CODES)
    assert correlation(leaking[:, 0], NOISE_TARGET) > 0.5
    assert abs(correlation(honest[:, 0], NOISE_TARGET)) < 0.15


def test_levels_with_many_rows_get_their_mean_and_others_the_prior() -> None:
    codes = np.array([0.0] * 1000 + [1.0])
    y = np.array([1.0] * 900 + [0.0] * 101).reshape(-1, 1)
    encoding = fit_encoding(codes, y, 3)
    mean, rare, never, missing = encoding.apply(np.array([0.0, 1.0, 2.0, np.nan]))[:, 0]
    assert mean == pytest.approx(0.9, abs=0.01)
    assert rare == pytest.approx(y.mean(), abs=0.1)
    assert never == missing == pytest.approx(y.mean())


@pytest.mark.parametrize("one_hot", [True, False])
def test_tree_rows_have_the_same_columns_in_training_and_prediction(one_hot: bool) -> None:
    encoder = TreeEncoder(native_levels=10, one_hot=one_hot)
    rows = matrix()
    trained = encoder.fit_apply(rows, NOISE_TARGET, COLUMNS, Task.BINARY, seed=0)
    predicted = encoder.apply(rows)
    assert trained.shape == predicted.shape == (N, 1 + (3 if one_hot else 1) + 2)
    assert encoder.category_columns == ([] if one_hot else [1])


def test_dense_rows_are_finite_even_for_what_training_never_saw() -> None:
    encoder = DenseEncoder(hinges=True)
    rows = matrix()
    trained = encoder.fit_apply(rows, NOISE_TARGET, COLUMNS, Task.BINARY, seed=0)
    strange = np.array([[np.nan, np.nan, np.nan], [299.0, 1e300, 2.0]])
    assert np.isfinite(trained).all()
    assert np.isfinite(encoder.apply(strange)).all()
    assert encoder.apply(strange).shape[1] == trained.shape[1]


def test_numbers_that_come_back_exactly_are_found_and_coded() -> None:
    fares = RNG.choice(np.linspace(1.0, 50.0, 40), N)
    rows = np.column_stack([fares, RNG.normal(size=N)])
    found = find_exact_values(rows, (MatrixColumn("fare", "fare"), MatrixColumn("x", "x")))
    assert [exact.column for exact in found] == [0]
    codes = found[0].codes(np.array([[fares.min(), 0.0], [3.14159, 0.0], [np.nan, 0.0]]))
    assert codes[0] == 0.0
    assert np.isnan(codes[1:]).all()
