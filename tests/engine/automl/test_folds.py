"""How rows are split: every row validated once a pass, classes kept, fewer fits for more work."""

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl.folds import make_folds
from maestro_ml.engine.automl.tasks import encode_target


def target_of(labels: list[str]) -> pd.Series:
    return pd.Series(labels, name="y")


def test_each_row_is_validated_once_in_each_pass() -> None:
    target = encode_target(target_of(["a", "b"] * 100))
    folds = make_folds(target, 4, seed=0, budget=60)
    assert len(folds) == 16
    times = np.bincount(np.concatenate([fold.valid for fold in folds]))
    assert times.tolist() == [2] * 200
    for fold in folds:
        assert not set(fold.train) & set(fold.valid)


def test_rare_classes_are_in_every_training_part() -> None:
    target = encode_target(target_of(["a"] * 200 + ["b"] * 200 + ["rare"] * 2))
    folds = make_folds(target, 4, seed=0, budget=60)
    assert len(folds) == 2
    assert all(set(target.values[fold.train]) == {0.0, 1.0, 2.0} for fold in folds)


@pytest.mark.parametrize(("budget", "count"), [(60.0, 8), (10.0, 5), (0.5, 3), (0.2, 1)])
def test_less_time_for_the_same_table_means_fewer_fits(budget: float, count: int) -> None:
    target = encode_target(target_of(["a", "b"] * 1000))
    assert len(make_folds(target, 10, seed=0, budget=budget)) == count


def test_the_seed_decides_the_split() -> None:
    target = encode_target(target_of(["a", "b"] * 300))
    one, same, other = (make_folds(target, 4, seed=seed, budget=60) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one[0].valid, same[0].valid)
    assert one[0].valid.tolist() != other[0].valid.tolist()


@pytest.mark.parametrize(("rows", "held"), [(2_000, 400), (100_000, 10_000), (400_000, 20_000)])
def test_large_tables_are_learned_from_rather_than_held_back(rows: int, held: int) -> None:
    folds = make_folds(encode_target(target_of(["a", "b"] * (rows // 2))), 10, seed=0, budget=0.1)
    assert [len(fold.valid) for fold in folds] == [held]


def test_of_a_table_that_is_great_against_the_budget_a_sample_is_learned_from() -> None:
    labels = ["a"] * 60_000 + ["b"] * 59_990 + ["rare"] * 10
    target = encode_target(target_of(labels))
    (fold,) = make_folds(target, 500, seed=0, budget=30)
    assert len(fold.train) == pytest.approx(10_000, abs=3)
    assert set(target.values[fold.train]) == {0.0, 1.0, 2.0}
    assert not set(fold.train) & set(fold.valid)
    (longer,) = make_folds(target, 500, seed=0, budget=300)
    assert len(longer.train) > 90_000
