"""CSV as people write it: delimiters, headers, encodings, missing values, types that change late."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maestro_ml.server.datasets.ingest.conversion import TableConversion
from maestro_ml.server.datasets.ingest.csv_source import CsvSource
from maestro_ml.server.datasets.ingest.limits import IngestLimits

from .conftest import Upload

EXPECTED = {"name": ["Ann", "Bo"], "age": [41, 7]}


def zipped(content: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"name,age\nAnn,41\nBo,7\n",
        b"name;age\nAnn;41\nBo;7",
        b"name\tage\r\nAnn\t41\r\nBo\t7\r\n",
        b"name|age\nAnn|41\nBo|7\n",
        b'"name","age"\n"Ann","41"\n"Bo","7"\n',
        b"\xef\xbb\xbfname,age\nAnn,41\nBo,7\n",
        b"name , age\nAnn, 41\n\nBo,7\n\n",
        "name\tage\nAnn\t41\nBo\t7\n".encode("utf-16"),
        gzip.compress(b"name,age\nAnn,41\n") + gzip.compress(b"Bo,7\n"),
        pa.compress(b"name,age\nAnn,41\nBo,7\n", "gzip", asbytes=True),
        zipped(b"name,age\nAnn,41\nBo,7\n", "people.csv", "__MACOSX/._people.csv"),
    ],
    ids=[
        "comma",
        "semicolon",
        "tab",
        "pipe",
        "quoted",
        "bom",
        "blanks",
        "utf16",
        "gzip2",
        "gzip",
        "zip",
    ],
)
def test_the_same_table_however_it_is_written(upload: Upload, content: bytes) -> None:
    assert upload.ingest(content).to_pydict() == EXPECTED


def test_zstd(upload: Upload) -> None:
    content = pa.Codec("zstd").compress(b"name,age\nAnn,41\nBo,7\n", asbytes=True)
    assert upload.ingest(content).to_pydict() == EXPECTED


def test_types_and_missing_values(upload: Upload) -> None:
    content = (
        b"i,f,b,d,t,z,code,big,s,none\n"
        b"1,1.5,true,2024-01-31,2024-01-31 10:00:00,2024-01-31T10:00:00+02:00,007,1,x,\n"
        b"NA,?,null,N/A,,NaN,123,99999999999999999999, y,NA\n"
    )
    table = upload.ingest(content)
    types = {field.name: field.type for field in table.schema}
    assert types == {
        "i": pa.int64(),
        "f": pa.float64(),
        "b": pa.bool_(),
        "d": pa.date32(),
        "t": pa.timestamp("us"),
        "z": pa.timestamp("us", "UTC"),
        "code": pa.string(),
        "big": pa.string(),
        "s": pa.string(),
        "none": pa.string(),
    }
    assert [column[1].as_py() for column in table.columns[:6]] == [None] * 6
    assert table["code"].to_pylist() == ["007", "123"]
    assert table["s"].to_pylist() == ["x", " y"]
    assert upload.result is not None
    logical = {column.name: column.type for column in upload.result.columns}
    assert [logical[c] for c in "ifbdtz"] == [
        "integer",
        "float",
        "boolean",
        "date",
        "datetime",
        "datetime",
    ]
    assert [column.nullable for column in upload.result.columns[-4:]] == [False, False, False, True]


def test_quotes_commas_and_line_feeds_within_fields(upload: Upload) -> None:
    content = b'note,n\n"one, two",1\n"line\nfeed",2\n"say ""hi""",3\n5" pipe,4\n'
    notes = upload.ingest(content)["note"].to_pylist()
    assert notes == ["one, two", "line\nfeed", 'say "hi"', '5" pipe']


@pytest.mark.parametrize(
    ("content", "options", "names"),
    [
        (b"a,b\nx,y\n", {}, ["a", "b"]),
        (b"1,x\n2,y\n", {}, ["column_1", "column_2"]),
        (b"1,x\n2,y\n", {"header": True}, ["1", "x"]),
        (b"a,1\nb,2\n", {"header": False}, ["column_1", "column_2"]),
        (b"only\n1\n2\n", {}, ["only"]),
    ],
)
def test_header(upload: Upload, content: bytes, options: dict[str, Any], names: list[str]) -> None:
    assert upload.ingest(content, **options).column_names == names


def test_an_encoding_can_be_named(upload: Upload) -> None:
    content = "città,n\nForlì,1\n€,2\n".encode("windows-1252")
    assert upload.ingest(content, encoding="windows-1252").to_pydict() == {
        "città": ["Forlì", "€"],
        "n": [1, 2],
    }


@pytest.mark.parametrize(
    ("early", "late", "expected"),
    [
        ("1", "2.5", pa.float64()),
        ("1", "word", pa.string()),
        ("", "3", pa.int64()),
        ("1", "007", pa.string()),
        ("007", "2.5", pa.float64()),
        ("true", "maybe", pa.string()),
        ("2024-01-31", "2024-01-31 10:00", pa.timestamp("us")),
        ("1.5", "", pa.float64()),
    ],
)
def test_a_type_that_changes_after_the_first_blocks(
    tmp_path: Path, early: str, late: str, expected: pa.DataType
) -> None:
    rows = [f"{i},{early}" for i in range(500)] + [f"500,{late}"]
    source = tmp_path / "late.csv"
    source.write_text("i,x\n" + "\n".join(rows) + "\n")
    conversion = TableConversion(
        CsvSource(source, "utf-8", IngestLimits(max_row_bytes=256)), group_rows=64
    )
    conversion.write(tmp_path / "late.parquet")
    file = pq.ParquetFile(tmp_path / "late.parquet")
    table = file.read()
    assert table["x"].type == expected
    assert table["i"].to_pylist() == list(range(501))
    assert file.num_row_groups == 8
    if expected == pa.string():
        assert table["x"].to_pylist() == [early] * 500 + [late]
