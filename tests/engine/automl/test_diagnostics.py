"""What the plots of a winner are drawn from: right against scikit-learn, and bounded."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from maestro_ml.engine.automl.diagnostics import MAX_CURVES, MAX_POINTS, class_diagnostics
from maestro_ml.engine.automl.input_values import input_values
from maestro_ml.engine.automl.residuals import residual_diagnostics

N = 5000


@pytest.fixture
def binary() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    chance = rng.random(N)
    codes = (rng.random(N) < chance).astype(np.intp)
    return codes, np.column_stack([1 - chance, chance])


def test_two_classes_have_the_curves_of_the_second(binary: tuple[np.ndarray, np.ndarray]) -> None:
    codes, shares = binary
    found = class_diagnostics(["no", "yes"], codes, shares)
    assert found.rows == N
    assert found.confusion == metrics.confusion_matrix(codes, shares.argmax(1)).tolist()
    (curve,) = found.curves
    assert (curve.label, curve.positives) == ("yes", codes.sum())
    assert curve.roc.area == pytest.approx(metrics.roc_auc_score(codes, shares[:, 1]))
    expected = metrics.average_precision_score(codes, shares[:, 1])
    assert curve.precision_recall.area == pytest.approx(expected)
    assert curve.brier == pytest.approx(metrics.brier_score_loss(codes, shares[:, 1]))


def test_the_lines_are_thinned_without_a_change_to_see(
    binary: tuple[np.ndarray, np.ndarray],
) -> None:
    (curve,) = class_diagnostics(["no", "yes"], *binary).curves
    for line in (curve.roc, curve.precision_recall):
        assert len(line.x) == len(line.y) <= MAX_POINTS
        assert line.x == sorted(line.x)
        assert (line.x[0], line.x[-1]) == (0, 1)
        assert np.trapezoid(line.y, line.x) == pytest.approx(line.area, abs=0.01)


def test_honest_probabilities_lie_on_the_diagonal(binary: tuple[np.ndarray, np.ndarray]) -> None:
    (curve,) = class_diagnostics(["no", "yes"], *binary).curves
    assert len(curve.calibration) == 10
    assert sum(each.rows for each in curve.calibration) == N
    for each in curve.calibration:
        assert each.observed == pytest.approx(each.predicted, abs=0.08)


def test_of_many_classes_the_frequent_ones_have_curves_and_those_without_rows_none() -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 39, 2000).astype(np.intp)
    found = class_diagnostics(range(40), codes, rng.random((2000, 40)))
    assert found.confusion is None
    assert len(found.curves) == MAX_CURVES
    three = class_diagnostics(["a", "b", "c"], codes % 2, rng.random((2000, 3)))
    assert three.confusion is not None
    assert three.confusion[2] == [0, 0, 0]
    assert [curve.label for curve in three.curves] == ["a", "b"]


def test_residuals_are_over_all_rows_and_points_are_bounded() -> None:
    rng = np.random.default_rng(2)
    actual = rng.normal(size=N)
    predicted = actual - rng.normal(1, 0.1, N)
    found = residual_diagnostics(actual, predicted)
    assert (found.rows, len(found.actual), sum(found.counts)) == (N, 1000, N)
    assert found.quantiles[2] == pytest.approx(1, abs=0.02)
    assert set(zip(found.actual, found.predicted, strict=True)) <= set(
        zip(actual, predicted, strict=True)
    )
    few = residual_diagnostics(actual[:20], predicted[:20])
    assert few.actual == pytest.approx(actual[:20])


def test_a_perfect_model_has_residuals_too() -> None:
    found = residual_diagnostics(np.ones(5), np.ones(5))
    assert sum(found.counts) == 5
    assert found.quantiles == [0] * 5


def test_a_form_is_offered_what_columns_hold() -> None:
    table = pd.DataFrame(
        {
            "class": ["3rd", "1st", "3rd", None],
            "age": [1.0, np.nan, 3.0, np.inf],
            "alone": [True, False, True, True],
            "name": [f"name {'x' * 200}"] * 4,
            "empty": [None] * 4,
        }
    )
    found = {each.name: each for each in input_values(table)}
    assert found["class"].choices == ["3rd", "1st"]
    assert (found["age"].min, found["age"].median, found["age"].max) == (1, 2, 3)
    for name in ("alone", "name", "empty"):
        assert (found[name].choices, found[name].max) == (None, None)
    many = pd.DataFrame({"city": [str(n) for n in range(60)]})
    assert input_values(many)[0].choices is None
