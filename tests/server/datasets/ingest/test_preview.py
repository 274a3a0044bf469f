"""Pages of rows at any offset, ready for JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maestro_ml.server.datasets.ingest import preview


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    pq.write_table(pa.table({"i": range(1000)}), tmp_path / "t.parquet", row_group_size=64)
    return tmp_path / "t.parquet"


@pytest.mark.parametrize(
    ("offset", "limit"),
    [(0, 10), (60, 10), (63, 1), (64, 64), (500, 300), (990, 50), (1000, 5), (0, 0)],
)
def test_any_page(stored: Path, offset: int, limit: int) -> None:
    page = preview(stored, offset, limit)
    assert page.rows == [[i] for i in range(1000)[offset : offset + limit]]
    assert (page.columns, page.offset, page.total) == (["i"], offset, 1000)


def test_far_beyond_the_end(stored: Path) -> None:
    assert preview(stored, 5000, 10).rows == []


def test_cells_are_json_ready(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 31, 12, 30, tzinfo=UTC)
    table = pa.table(
        {
            "f": [1.5, float("inf"), -float("inf"), None],
            "d": [date(2024, 1, 31), None, None, None],
            "t": pa.array([moment, None, None, None], pa.timestamp("us", "UTC")),
            "b": [True, False, None, None],
            "big": [2**63 - 1, None, None, None],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    page = preview(tmp_path / "t.parquet", 0, 10)
    assert page.rows == [
        [1.5, "2024-01-31", "2024-01-31T12:30:00+00:00", True, 2**63 - 1],
        ["Infinity", None, None, False, None],
        ["-Infinity", None, None, None, None],
        [None] * 5,
    ]
    assert json.loads(json.dumps(page.rows, allow_nan=False)) == page.rows


def test_neither_importing_nor_previewing_loads_pandas(stored: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from maestro_ml.server.datasets.ingest import preview;"
        "assert 'pyarrow' not in sys.modules; preview(Path(sys.argv[1]), 0, 5);"
        "assert 'pyarrow' in sys.modules and 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, str(stored)], check=True)
