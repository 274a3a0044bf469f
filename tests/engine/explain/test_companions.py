"""LIME, dependence, importance, slices and samples say what is so, and how sure they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from tests.engine.explain.conftest import Train

from maestro_ml.engine.automl import Task
from maestro_ml.engine.automl.learners.lightgbm import LightGBMLearner
from maestro_ml.engine.explain import (
    TooFewRowsError,
    automl_subject,
    estimator_subject,
    explain_rows,
    fit_around,
    partial_dependence,
    permutation_importance,
)
from maestro_ml.engine.explain.pictures import Row, dependence, force, summary, waterfall
from maestro_ml.engine.explain.slices import Outcomes, groups_of, slice_metrics
from maestro_ml.engine.explain.tables import read_row, sample_rows


@pytest.fixture
def numbers(table: pd.DataFrame) -> pd.DataFrame:
    return table[["rooms", "noise"]].astype(float)


def test_lime_names_what_matters_and_how_well_it_fits(train: Train, table: pd.DataFrame) -> None:
    model = train(Task.BINARY, LightGBMLearner(rounds=40), folds=2)
    subject = automl_subject(model)
    row = table[(table["town"] == "Ulm") & (table["rooms"] == 7)][:1]
    found = fit_around(subject, row, table, seed=1)
    weights = dict(zip(found.columns, found.weights[:, 0], strict=True))
    assert max(weights, key=lambda name: abs(weights[name])) == "rooms"
    assert weights["town"] > abs(weights["noise"])
    assert found.rules[list(found.columns).index("town")] == "town = Ulm"
    assert "rooms" in found.rules[list(found.columns).index("rooms")]
    assert 0.3 < found.fit[0] <= 1
    assert found.local_prediction[0] == pytest.approx(found.prediction[0], abs=0.3)
    again = fit_around(subject, row, table, seed=1)
    np.testing.assert_array_equal(again.weights, found.weights)
    with pytest.raises(TooFewRowsError):
        fit_around(subject, table[:2], table)


def test_dependence_of_a_line_is_the_line(numbers: pd.DataFrame) -> None:
    model = LinearRegression().fit(numbers, numbers["rooms"] * 3)
    found = partial_dependence(estimator_subject(model, numbers), numbers, "rooms")
    assert found.numeric
    assert found.values == sorted(found.values)  # type: ignore[type-var]
    assert (found.values[0], found.values[-1]) == (1.0, 7.0)
    np.testing.assert_allclose(found.mean[:, 0], np.array(found.values) * 3, atol=1e-9)
    np.testing.assert_allclose(found.low, found.high, atol=1e-9)


def test_dependence_on_categories_takes_the_frequent_ones(
    train: Train, table: pd.DataFrame
) -> None:
    subject = automl_subject(train(Task.REGRESSION, LightGBMLearner(rounds=30)))
    town = partial_dependence(subject, table, "town")
    assert not town.numeric
    by_town = dict(zip(town.values, town.mean[:, 0], strict=True))
    assert by_town["Ulm"] - by_town["Jena"] > 15
    assert len(partial_dependence(subject, table, "street").values) == 12
    assert partial_dependence(subject, table, "built").numeric


def test_shuffling_what_is_used_costs_and_noise_does_not(numbers: pd.DataFrame) -> None:
    truth = (numbers["rooms"] > 4).to_numpy()
    model = RandomForestClassifier(20, random_state=0).fit(numbers, truth)
    subject = estimator_subject(model, numbers)
    found = permutation_importance(
        subject, numbers, lambda said: float(np.mean((said[:, 0] > 0.5) == truth))
    )
    assert found.score == 1.0
    assert found.mean[0] > 0.3
    assert abs(found.mean[1]) < 0.1


def test_slices_give_a_figure_where_there_are_rows_enough() -> None:
    truth = np.array(["no", "yes"] * 60)
    said = np.where(np.arange(120) < 100, truth, "yes")
    sex = pd.Series(["f"] * 100 + ["m"] * 20, name="sex")
    found = {each.metric: each for each in slice_metrics(Outcomes(truth, said, ("no", "yes")), sex)}
    accuracy = found["accuracy"]
    assert accuracy.groups["f"].value == 1.0
    assert accuracy.groups["f"].low == pytest.approx(0.963, abs=0.001)  # Wilson, 100 of 100
    assert (accuracy.groups["m"].count, accuracy.groups["m"].value) == (20, None)
    assert accuracy.overall.value == pytest.approx(110 / 120)
    assert accuracy.difference is None
    assert found["recall"].groups["f"].count == 50
    assert found["false_positive_rate"].overall.value == pytest.approx(10 / 60)
    assert found["selection_rate"].overall.value == pytest.approx(70 / 120)


def test_slices_of_numbers_have_bootstrapped_means() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=200)
    age = pd.Series(np.repeat([20.0, 30.0, 40.0, 50.0], 50) + np.tile(range(50), 4) / 100)
    groups = groups_of(age.rename("age"))
    assert groups is not None
    assert groups.nunique() == 4
    said = truth + np.where(age > 45, 2.0, 0.1)
    found = {each.metric: each for each in slice_metrics(Outcomes(truth, said), groups)}
    mistakes = found["mean_absolute_error"]
    worst = max(mistakes.groups, key=lambda name: mistakes.groups[name].value or 0)
    assert worst.startswith("> ")
    assert mistakes.difference == pytest.approx(1.9)
    bias = found["mean_error"].overall
    assert (bias.low or 0) < (bias.value or 0) < (bias.high or 0)


def test_what_makes_no_groups_is_left_out() -> None:
    assert groups_of(pd.Series([f"name {i}" for i in range(50)])) is None
    assert groups_of(pd.Series([1, 1, 1])) is None
    found = groups_of(pd.Series(["a", "b", None] * 9))
    assert found is not None
    assert set(found) == {"a", "b", "missing"}


def test_a_sample_of_a_file_is_seeded_and_knows_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"n": np.arange(30_000)}).to_parquet(path, row_group_size=5_000)
    found = sample_rows(path, 100, seed=2)
    assert len(found) == 100
    assert (found.index.to_numpy() == found["n"].to_numpy()).all()
    pd.testing.assert_frame_equal(found, sample_rows(path, 100, seed=2))
    row = read_row(path, 29_999)
    assert row is not None
    assert row["n"].tolist() == [29_999]
    assert read_row(path, 30_000) is None


def test_pictures_are_drawings_with_the_names_in_them(train: Train, table: pd.DataFrame) -> None:
    subject = automl_subject(train(Task.REGRESSION, LightGBMLearner(rounds=20)))
    found = explain_rows(subject, table[:30], table)
    row = Row(
        "prediction",
        "value",
        float(found.base[0]),
        float(found.predictions[0, 0]),
        found.columns,
        found.values[0, :, 0],
    )
    levels = np.full((30, len(found.columns)), np.nan)
    levels[:, 1] = np.linspace(0, 1, 30)
    curve = partial_dependence(subject, table, "town")
    drawings = [
        waterfall(row),
        force(row),
        summary(found.columns, found.values[:, :, 0], levels, unit="value"),
        dependence(
            "town",
            curve.values,
            curve.mean[:, 0],
            (curve.low[:, 0], curve.high[:, 0]),
            unit="value",
        ),
    ]
    for drawing in drawings:
        assert drawing.startswith(b"<?xml")
        assert b"</svg>" in drawing
    assert waterfall(row) == drawings[0]
