"""JSON lines and Parquet uploads: types, keys that come and go, plain columns out of dressed-up ones."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maestro_ml.server.datasets.ingest.conversion import TableConversion
from maestro_ml.server.datasets.ingest.json_source import JsonSource
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits

from .conftest import Upload


def lines(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode() + b"\n"


def test_json_types(upload: Upload) -> None:
    content = lines(
        {"i": 1, "f": 1, "b": True, "s": "12", "day": "2024-01-31", "mixed": 1, "n": None},
        {"i": 2**62, "f": 2.5, "b": None, "s": "NA", "day": None, "mixed": "x", "late": 7},
    )
    table = upload.ingest(content)
    assert table.to_pydict() == {
        "i": [1, 2**62],
        "f": [1.0, 2.5],
        "b": [True, None],
        "s": ["12", "NA"],
        "day": [date(2024, 1, 31), None],
        "mixed": ["1", "x"],
        "n": [None, None],
        "late": [None, 7],
    }


def test_json_integers_beyond_64_bits_are_floats(upload: Upload) -> None:
    assert upload.ingest(lines({"a": 1}, {"a": 10**30}))["a"].to_pylist() == [1.0, 1e30]


def test_compressed_json(upload: Upload) -> None:
    assert upload.ingest(gzip.compress(lines({"a": 1}))).to_pydict() == {"a": [1]}


def test_a_key_and_a_type_that_come_late(tmp_path: Path) -> None:
    padding = "x" * 100_000
    rows = [{"a": i, "pad": padding} for i in range(90)] + [{"a": 0.5, "b": "new"}]
    source = tmp_path / "late.jsonl"
    source.write_bytes(lines(*rows))
    assert source.stat().st_size > 8 * MIB
    conversion = TableConversion(JsonSource(source, "utf-8", IngestLimits()), group_rows=16)
    conversion.write(tmp_path / "late.parquet")
    table = pq.read_table(tmp_path / "late.parquet")
    assert table.column_names == ["a", "pad", "b"]
    assert table["a"].to_pylist() == [*map(float, range(90)), 0.5]
    assert table["b"].to_pylist() == [None] * 90 + ["new"]


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_parquet_columns_become_plain(upload: Upload, pack: Any) -> None:
    noon = datetime(2024, 1, 31, 12, tzinfo=UTC)
    table = pa.table(
        {
            "small": pa.array([1, None], pa.int8()),
            "huge": pa.array([2**64 - 1, 1], pa.uint64()),
            "single": pa.array([0.5, float("nan")], pa.float32()),
            "money": pa.array([Decimal("1.25"), None]),
            "color": pa.array(["red", "blue"]).dictionary_encode(),
            "long": pa.array(["a", None], pa.large_string()),
            "noon": pa.array([noon, None], pa.timestamp("ns", "Europe/Berlin")),
            "day": pa.array([date(2024, 1, 31), None], pa.date64()),
            "clock": pa.array([time(12, 30), None], pa.time32("s")),
            "none": pa.nulls(2),
        }
    )
    stored = upload.ingest(pack(parquet(table)))
    assert stored.to_pydict() == {
        "small": [1, None],
        "huge": ["18446744073709551615", "1"],
        "single": [0.5, None],
        "money": [1.25, None],
        "color": ["red", "blue"],
        "long": ["a", None],
        "noon": [noon, None],
        "day": [date(2024, 1, 31), None],
        "clock": ["12:30:00.000", None],
        "none": [None, None],
    }
    assert stored.schema.field("noon").type == pa.timestamp("us", "UTC")


def test_parquet_integers_that_overflow_late(upload: Upload) -> None:
    values = pa.array([*range(100_000), 2**64 - 1], pa.uint64())
    stored = upload.ingest(parquet(pa.table({"a": values})))
    assert stored["a"].to_pylist()[-2:] == ["99999", "18446744073709551615"]
