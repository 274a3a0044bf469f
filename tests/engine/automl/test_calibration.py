"""Temperature scaling against a brute-force search, and that it never harms an honest model."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from maestro_ml.engine.automl.calibration import fit_temperature, temper

RNG = np.random.default_rng(3)
TRUE = RNG.dirichlet([1.0, 2.0, 0.5], size=4000)
Y = np.array([RNG.choice(3, p=row) for row in TRUE], dtype=np.float64)


@pytest.mark.parametrize("distortion", [0.5, 1.0, 2.5])
def test_a_distortion_is_undone(distortion: float) -> None:
    distorted = temper(TRUE, distortion)
    found = fit_temperature(Y, distorted)
    assert found == pytest.approx(1 / distortion, rel=0.1)
    tried = [log_loss(Y, temper(distorted, t)) for t in np.geomspace(0.25, 4, 81)]
    assert log_loss(Y, temper(distorted, found)) <= min(tried) + 1e-3


def test_the_order_and_the_sum_stay() -> None:
    tempered = temper(TRUE, 0.5)
    np.testing.assert_allclose(tempered.sum(axis=1), 1.0)
    assert (tempered.argmax(axis=1) == TRUE.argmax(axis=1)).all()


def test_a_handful_of_rows_cannot_sharpen_much() -> None:
    sure = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    assert fit_temperature(np.array([0.0, 1.0, 0.0]), sure) > 0.8


def test_certain_and_wrong_is_survived() -> None:
    wrong = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    found = fit_temperature(np.array([1.0, 1.0, 0.0]), wrong)
    assert np.isfinite(found)
    assert np.isfinite(temper(wrong, found)).all()
