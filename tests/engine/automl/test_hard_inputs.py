"""Tables as they really come: each is learned from, or refused with a sentence that helps."""

import contextlib
import datetime as dt
import decimal
import math
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maestro_ml.engine.automl import (
    AutoMLEngine,
    AutoMLError,
    AutoMLResult,
    InvalidFeaturesError,
    InvalidTargetError,
    MetricMismatchError,
    SchemaMismatchError,
    SingleClassError,
    Task,
    TooManyClassesError,
)

N = 120
RNG = np.random.default_rng(0)
X = RNG.normal(size=N)
LABELS = pd.Series(np.where(X + RNG.normal(size=N) > 0, "yes", "no"), name="y")
BERLIN = pd.date_range("2020-01-01", periods=N, freq="7h", tz="Europe/Berlin")


def objects(values: Sequence[Any]) -> pd.Series:
    """A column of these very objects: pandas would take lists apart and texts for its own."""
    cells = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        cells[place] = value
    return pd.Series(cells, dtype=object)


def arrow(values: Sequence[Any], kind: pa.DataType) -> pd.Series:
    return pd.Series(pd.array(pa.array(values, type=kind), dtype=pd.ArrowDtype(kind)))


def fit(table: pd.DataFrame, y: pd.Series, **settings: Any) -> AutoMLResult:
    """The real engine with the one candidate that needs no process."""
    return AutoMLEngine(20, max_trials=1, n_jobs=1, **settings).fit(table, y)


LEARNED: dict[str, Any] = {
    "infinite": np.where(X > 1, np.inf, X),
    "great": X * 1e300,
    "great whole": objects([10**25 + i % 7 for i in range(N)]),
    "beyond float": objects([10**400 + i % 7 for i in range(N)]),
    "beyond text": objects([10**5000 + i % 7 for i in range(N)]),
    "unsigned": np.array([2**64 - 1 - i % 7 for i in range(N)], dtype=np.uint64),
    "texts with numbers": objects(["1", "two", "3.5", ""] * 30),
    "mixed objects": objects([1, "two", 3.5, None] * 30),
    "booleans and missing": objects([True, None, False, True] * 30),
    "nullable booleans": pd.array([True, None, False] * 40, dtype="boolean"),
    "nullable whole": pd.array([1, None, 3] * 40, dtype="Int64"),
    "nullable floats": pd.array([1.5, None, np.nan] * 40, dtype="Float64"),
    "new texts": pd.array(["a", None] * 60, dtype="str"),
    "nullable texts": pd.array(["a", None] * 60, dtype="string"),
    "time zone": BERLIN,
    "time zones": objects(
        [t.tz_convert("Asia/Tokyo") if i % 2 else t for i, t in enumerate(BERLIN)]
    ),
    "dates": objects([dt.date(2020, 1, 1 + i % 28) for i in range(N)]),
    "times of day": objects([dt.time(i % 24) for i in range(N)]),
    "far dates": objects([f"{9000 + i}-01-0{1 + i % 9}" for i in range(N)]),
    "durations": pd.to_timedelta(np.arange(N) % 17, unit="h"),
    "duration objects": objects([dt.timedelta(hours=i % 9) for i in range(N)]),
    "periods": pd.period_range("2020-01", periods=N, freq="M"),
    "intervals": pd.cut(X, 5),
    "unused categories": pd.Categorical(["a", "b"] * 60, categories=["a", "b", "c", "d"]),
    "decimals": objects([decimal.Decimal(i % 7) / 3 for i in range(N)]),
    "bytes": objects([b"a", b"\xff"] * 60),
    "long text": objects(["lorem ipsum dolor " * 3000 + str(i) for i in range(N)]),
    "emoji": objects(["🎉", "💥", None, "e\u0301"] * 30),
    "lone surrogates": objects(["\ud800", "b"] * 60),
    "sparse": pd.arrays.SparseArray([0, 0, 1.0] * 40),
    "arrow whole": arrow([1, None] * 60, pa.int64()),
    "arrow floats": arrow([1.5, None, math.nan] * 40, pa.float32()),
    "arrow texts": arrow(["a", "b", None] * 40, pa.string()),
    "arrow views": arrow(["a", "b", None] * 40, pa.string_view()),
    "arrow booleans": arrow([True, None] * 60, pa.bool_()),
    "arrow times": arrow(list(BERLIN.to_pydatetime()), pa.timestamp("us", "UTC")),
    "arrow dates": arrow([dt.date(2020, 1, 1 + i % 28) for i in range(N)], pa.date32()),
    "arrow decimals": arrow([decimal.Decimal(i % 9) for i in range(N)], pa.decimal128(9, 3)),
}


@pytest.mark.parametrize("name", LEARNED)
def test_a_column_of_any_scalar_kind_is_a_feature(name: str) -> None:
    table = pd.DataFrame({"x": X}).assign(**{name: LEARNED[name]})
    result = fit(table, LABELS)
    assert result.model.feature_schema.names == ("x", name)
    assert np.isfinite(result.model.predict_proba(table[:3])).all()


DROPPED: dict[str, Any] = {
    "missing": [None] * N,
    "undefined": [np.nan] * N,
    "no times": pd.Series([pd.NaT] * N),
    "empty texts": [""] * N,
    "constant": [1] * N,
    "lists": objects([[1, 2], [3]] * 60),
    "dicts": objects([{"a": 1}, None] * 60),
    "arrays": objects([np.arange(3)] * N),
    "one list among texts": objects([*["a", "b"] * 59, "a", [1]]),
    "objects": objects([object() for _ in range(N)]),
    "signalling": objects([decimal.Decimal("sNaN"), decimal.Decimal("1.5")] * 60),
    "complex": X * 1j,
    "uuids": objects([uuid.UUID(int=i) for i in range(N)]),
    "no dates": [f"2024-{i % 14 + 1:02d}-{i}" for i in range(N)],
    "arrow lists": arrow([[1], [2, 3]] * 60, pa.list_(pa.int64())),
    "arrow structs": arrow([{"a": i % 3} for i in range(N)], pa.struct([("a", pa.int64())])),
    "arrow nothing": arrow([None] * N, pa.null()),
}


@pytest.mark.parametrize("name", DROPPED)
def test_a_column_that_says_nothing_is_left_out_with_a_warning(name: str) -> None:
    table = pd.DataFrame({"x": X}).assign(**{name: DROPPED[name]})
    result = fit(table, LABELS)
    assert result.model.feature_schema.names == ("x",)
    assert f"Column '{name}' was dropped: it " in result.warnings[0]


@pytest.mark.parametrize(
    ("y", "task"),
    [
        (pd.Series(pd.array([True, False, None] * 40, dtype="boolean")), Task.BINARY),
        (pd.Series(pd.array([0, 1, None] * 40, dtype="Int64")), Task.BINARY),
        (pd.Series(["a", "b", None] * 40, dtype="str"), Task.BINARY),
        (pd.Series(pd.Categorical(["a", "b"] * 60, categories=["c", "b", "a"])), Task.BINARY),
        (objects(["👍", "👎"] * 60), Task.BINARY),
        (objects([1, "1", "a"] * 40), Task.MULTICLASS),
        (objects([(1, 2), (3, 4)] * 60), Task.BINARY),
        (pd.Series(pd.period_range("2020-01", periods=4, freq="M").repeat(30)), Task.MULTICLASS),
        (pd.Series(pd.cut(RNG.normal(size=N), 2)), Task.BINARY),
        (arrow(["a", "b", None] * 40, pa.string()), Task.BINARY),
        (arrow(["a", "b"] * 60, pa.string_view()), Task.BINARY),
        (objects([decimal.Decimal(i * i) / 3 for i in range(N)]), Task.REGRESSION),
        (pd.Series(pd.array([*X[:-1], None], dtype="Float64")), Task.REGRESSION),
        (arrow([*X[:-1], None], pa.float32()), Task.REGRESSION),
    ],
)
def test_a_target_of_any_scalar_kind_is_predicted_in_its_own_values(
    y: pd.Series, task: Task
) -> None:
    table = pd.DataFrame({"x": X})
    result = fit(table, y)
    assert result.task is task
    if task.is_classification:
        assert set(result.model.predict(table)) <= set(y.dropna())


@pytest.mark.parametrize(
    ("y", "error", "says"),
    [
        (
            pd.Series(np.where(X > 1.5, np.inf, X)),
            InvalidTargetError,
            "infinite.*Clean or leave out",
        ),
        (pd.Series(X * 1e30), InvalidTargetError, "rescale"),
        (pd.Series([1] * N), SingleClassError, "single value '1'"),
        (pd.Series(["a", None] * 60), SingleClassError, "single value 'a'"),
        (
            pd.Series([f"c{i % 500}" for i in range(5000)]),
            TooManyClassesError,
            "500 classes.*Group",
        ),
        (objects([[1], [2]] * 60), InvalidTargetError, "lists.*Choose"),
        (pd.Series(X * 1j), InvalidTargetError, "complex.*Choose"),
        (arrow([[1], [2]] * 60, pa.list_(pa.int64())), InvalidTargetError, "lists.*Choose"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(
    y: pd.Series, error: type[AutoMLError], says: str
) -> None:
    with pytest.raises(error, match=says):
        fit(pd.DataFrame({"x": RNG.normal(size=len(y))}), y)


@pytest.mark.parametrize(
    "names",
    [
        [1, ("a", "b"), None, 2.5],
        [("a", "b"), ("a", "c"), ("b", ""), ("", "")],
        ["", " ", "😀", "x" * 10_000],
    ],
)
def test_column_names_may_be_anything_that_differs(names: list[object]) -> None:
    table = pd.DataFrame(RNG.normal(size=(N, 4)), columns=pd.Index(names, dtype=object))
    result = fit(table, LABELS)
    assert result.model.feature_schema.names == tuple(map(str, names))
    assert len(result.model.predict(table[:2])) == 2


def test_doubled_names_are_refused_when_learning_and_when_predicting() -> None:
    table = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["a", "b"])
    with pytest.raises(InvalidFeaturesError, match="twice: a"):
        fit(table.set_axis(["a", "a"], axis=1), LABELS)
    with pytest.raises(InvalidFeaturesError, match="twice: 1"):
        fit(table.set_axis(pd.Index([1, "1"], dtype=object), axis=1), LABELS)
    with pytest.raises(SchemaMismatchError, match="'a' comes twice"):
        fit(table, LABELS).model.predict(table.assign(c=1).set_axis(["a", "b", "a"], axis=1))


def test_a_feature_may_have_the_targets_name() -> None:
    result = fit(pd.DataFrame({"y": X}), LABELS)
    assert result.model.feature_schema.names == ("y",)


def test_ten_rows_and_one_feature_beside_a_constant_are_enough() -> None:
    table = pd.DataFrame({"x": X, "same": 1})[:10]
    for y in (pd.Series([0, 1] * 5), pd.Series(X[:10] * 2 + RNG.normal(size=10))):
        result = AutoMLEngine(30, max_trials=4, n_jobs=1).fit(table, y)
        assert len(result.leaderboard) > 2
        assert result.model.feature_schema.names == ("x",)


@pytest.mark.parametrize(
    ("metric", "y"),
    [
        ("roc_auc", pd.Series(X)),
        ("rmse", LABELS),
        ("f1", pd.Series(["a", "b", "c"] * 40)),
        ("adjusted_rand_score", pd.Series(X)),
    ],
)
def test_a_metric_that_does_not_fit_is_refused(metric: str, y: pd.Series) -> None:
    with pytest.raises(MetricMismatchError, match="Leave it out for"):
        fit(pd.DataFrame({"x": X}), y, metric=metric)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["1", "2024-01-02", "3/14/15", "nan", "?", ""]),
    st.datetimes(),
    st.dates(),
    st.timedeltas(),
    st.decimals(),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
)
_COLUMN = st.one_of(
    st.lists(_SCALARS, min_size=1, max_size=12),
    *(
        st.lists(one, min_size=1, max_size=12)
        for one in (st.floats(), st.integers(), st.text(max_size=5), st.booleans(), st.datetimes())
    ),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(columns=st.lists(_COLUMN, min_size=1, max_size=3), target=_COLUMN, rows=st.integers(0, 40))
def test_any_small_table_is_learned_from_or_refused(
    columns: list[list[Any]], target: list[Any], rows: int
) -> None:
    def cells(values: list[Any]) -> pd.Series:
        return objects([values[i % len(values)] for i in range(rows)])

    # Some columns as objects, some as the dtype that pandas makes of them.
    table = pd.DataFrame({f"c{i}": cells(column) for i, column in enumerate(columns)})
    if rows % 2:
        try:
            table = table.infer_objects()
        except (ValueError, OverflowError):
            return
    with contextlib.suppress(AutoMLError):
        result = fit(table, cells(target))
        assert len(result.model.predict(table[:3])) == 3
        assert result.seconds < 21
