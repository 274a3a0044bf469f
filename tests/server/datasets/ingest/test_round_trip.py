"""Whatever a table holds, writing it as CSV and ingesting that gives it back."""

from __future__ import annotations

import csv
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro_ml.server.datasets.ingest.conversion import TableConversion
from maestro_ml.server.datasets.ingest.csv_source import CsvSource
from maestro_ml.server.datasets.ingest.kinds import MISSING_TEXTS
from maestro_ml.server.datasets.ingest.limits import IngestLimits

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1
).map(lambda text: f"w{text}")
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "date": st.dates(),
    "datetime": st.datetimes(),
    "text": WORDS.filter(lambda text: text not in MISSING_TEXTS),
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    rows = draw(st.integers(1, 20))
    return {
        f"{kind}_{i}": draw(st.lists(st.none() | CELLS[kind], min_size=rows, max_size=rows))
        for i, kind in enumerate(kinds)
    }


def written(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from([4, 1000]))
def test_csv_round_trip(columns: dict[str, list[Any]], delimiter: str, group_rows: int) -> None:
    columns = {"row": list(range(len(next(iter(columns.values()))))), **columns}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "table.csv"), Path(folder, "table.parquet")
        with source.open("w", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(
                [[written(v) for v in row] for row in zip(*columns.values(), strict=True)]
            )
        csv_source = CsvSource(source, "utf-8", IngestLimits(), header=True)
        TableConversion(csv_source, group_rows).write(target)
        stored = pq.read_table(target)
    assert stored.column_names == list(columns)
    for name, values in columns.items():
        assert stored[name].to_pylist() == values, name
