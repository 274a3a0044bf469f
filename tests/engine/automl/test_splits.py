"""Splits by group and by time: no row is validated by a model that could know its answer."""

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import AutoMLEngine, GroupSplit, InvalidSplitError, TimeSplit
from maestro_ml.engine.automl.folds import make_folds
from maestro_ml.engine.automl.portfolio import linear, neighbours
from maestro_ml.engine.automl.tasks import encode_target


def classes(count: int) -> pd.Series:
    return pd.Series(["a", "b"] * (count // 2), name="y")


@pytest.mark.parametrize("budget", [60.0, 0.2])
def test_rows_of_a_group_are_never_on_both_sides(budget: float) -> None:
    groups = pd.Series(np.repeat(np.arange(100), 20).astype(float), name="patient")
    groups[:20] = np.nan
    folds = make_folds(encode_target(classes(2000)), 10, 0, budget, GroupSplit("patient"), groups)
    assert len(folds) == (8 if budget > 1 else 1)
    for fold in folds:
        shared = set(groups[fold.train].dropna()) & set(groups[fold.valid].dropna())
        assert not shared
        assert not set(fold.train) & set(fold.valid)


@pytest.mark.parametrize("written", ["number", "date", "text"])
def test_validation_comes_after_training_and_equal_times_stay_together(written: str) -> None:
    days = np.random.default_rng(0).integers(0, 300, 1000)
    dates = pd.Timestamp("2026-01-01") + pd.to_timedelta(days, unit="D")
    times = {"number": days, "date": dates, "text": dates.strftime("%Y-%m-%d")}[written]
    folds = make_folds(
        encode_target(classes(1000)), 4, 0, 60.0, TimeSplit("day"), pd.Series(times, name="day")
    )
    assert len(folds) == 8
    for fold in folds:
        assert days[fold.train].max() < days[fold.valid].min()
    validated = np.concatenate([fold.valid for fold in folds])
    assert len(validated) == len(set(validated)) >= 390


def test_a_class_that_one_group_alone_has_is_refused() -> None:
    target = encode_target(pd.Series(["a"] * 50 + ["b"] * 50, name="y"))
    groups = pd.Series(["one"] * 50 + ["two"] * 50, name="shop")
    with pytest.raises(InvalidSplitError, match="takes away all rows of a class"):
        make_folds(target, 4, 0, 60.0, GroupSplit("shop"), groups)


@pytest.mark.parametrize(
    ("split", "values", "told"),
    [
        (GroupSplit("by"), ["x"] * 40, "no groups to hold back"),
        (TimeSplit("by"), ["x"] * 40, "is no date"),
        (TimeSplit("by"), [7] * 40, "none comes after another"),
        (TimeSplit("by"), [None, *range(39)], "1 rows have no value"),
        (GroupSplit("other"), range(40), "no column 'other'"),
    ],
)
def test_a_column_that_cannot_split_is_refused_with_the_reason(
    split: GroupSplit | TimeSplit, values: list[object], told: str
) -> None:
    table = pd.DataFrame({"x": np.arange(40.0) ** 2, "by": values})
    with pytest.raises(InvalidSplitError, match=told):
        AutoMLEngine(5, split=split, max_trials=1).fit(table, classes(40))


def test_a_score_by_group_does_not_reward_recognising_groups() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(60), 20)
    mark = rng.normal(size=60)[group]  # tells the group, and nothing about the label of another
    y = pd.Series(np.where(rng.random(60) < 0.5, "a", "b")[group], name="y")
    table = pd.DataFrame({"mark": mark, "group": group})
    portfolio = [linear("linear"), neighbours("near", n_neighbors=5)]
    engine = {"seed": 0, "n_jobs": 1, "portfolio": portfolio}
    optimistic = AutoMLEngine(20, **engine).fit(table.drop(columns="group"), y)  # type: ignore[arg-type]
    honest = AutoMLEngine(20, split=GroupSplit("group"), **engine).fit(table, y)  # type: ignore[arg-type]
    assert optimistic.best.score > 0.9
    assert honest.best.score < 0.7
    assert honest.model.predict(table[["mark"]].head(3)).shape == (3,)


def test_a_search_by_time_scores_the_latest_rows_only() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"day": np.arange(600), "x": rng.normal(size=600)})
    y = pd.Series(table["x"] + 0.1 * rng.normal(size=600), name="y")
    result = AutoMLEngine(
        10, split=TimeSplit("day"), n_jobs=1, portfolio=[linear("linear"), neighbours("near")]
    ).fit(table, y)
    validated = ~np.isnan(result.predictions)
    assert not validated[:350].any()
    assert validated[360:].all()
    assert result.best.score > -0.2
