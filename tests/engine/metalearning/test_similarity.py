"""The similarity of tasks is a number from 0 to 1 that does not care which comes first."""

from hypothesis import given
from hypothesis import strategies as st

from maestro_ml.engine.metalearning import similarity
from maestro_ml.engine.metalearning.similarity import SCALES

features = st.dictionaries(st.sampled_from(sorted(SCALES)), st.floats(-50, 50), min_size=1)


@given(features, features)
def test_similarity_is_symmetric_and_bounded(
    one: dict[str, float], other: dict[str, float]
) -> None:
    assert 0.0 <= similarity(one, other) <= 1.0
    assert similarity(one, other) == similarity(other, one)
    assert similarity(one, one) == 1.0


def test_tables_that_share_no_figure_are_not_alike() -> None:
    assert similarity({"skew": 1.0}, {"balance": 1.0}) == 0.0


def test_farther_is_less_alike() -> None:
    table = {"log_rows": 7.0, "balance": 1.0}
    near, far = {**table, "log_rows": 8.0}, {**table, "log_rows": 11.0}
    assert similarity(table, near) > similarity(table, far) > 0
