"""Files that are no table: each error names the place and the next step, and nothing stays behind."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maestro_ml.server.datasets.ingest.errors import IngestError, StorageFull, storage_guard
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits
from maestro_ml.server.datasets.ingest.table_writer import TableWriter

from .conftest import Upload
from .test_csv import zipped

MANY = b"a,b\n" + b"1,2\n" * 100_000


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def encrypted_zip() -> bytes:
    """A zip whose member has the encryption flag set, in both of its headers."""
    content = bytearray(zipped(b"a,b\n1,2\n", "a.csv"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


BAD_FILES = {
    "empty": (b"", "empty_file", None, None),
    "blank": (b"\n \n\n", "empty_file", None, None),
    "header only": (b"a,b\n", "no_rows", None, None),
    "name twice": (b"a,b,a\n1,2,3\n", "bad_header", 1, "a"),
    "no name": (b",a\n0,1\n", "bad_header", 1, "1"),
    "too many fields": (b"a,b\n1,2\n1,2,3\n", "ragged_row", 3, "3"),
    "too few fields": (b"a,b,c\n1,2,3\n\n1,2\n", "ragged_row", 4, "c"),
    "ragged late": (MANY + b"1\n", "ragged_row", 100_002, "b"),
    "latin-1": (b"a,b\n1,x\n2,caf\xe9\n", "wrong_encoding", 3, "b"),
    "latin-1 late": (MANY + b"\xe9,1\n", "wrong_encoding", 100_002, "a"),
    "latin-1 header": (b"a,caf\xe9\n1,2\n", "wrong_encoding", 1, "caf\ufffd"),
    "nul": (b"a,b\n1,2\n3,\x004\n", "nul_byte", 3, None),
    "nul late": (MANY + b"1,\x00\n", "nul_byte", 100_002, None),
    "open quote": (b'a,b\n1,2\n1,"x\n2,3\n', "unclosed_quote", 3, None),
    "open quote early": (b'a,b\n1,"x\n' + b"2,3\n" * 500_000, "unclosed_quote", 2, None),
    "long row": (b"a,b\n1,2\n3," + b"x" * 2 * MIB + b"\n", "row_too_long", 3, None),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported_file", None, None),
    "exe": (b"MZ\x90\x00" + bytes(100), "unsupported_file", None, None),
    "xls": (b"\xd0\xcf\x11\xe0" + bytes(100), "unsupported_file", None, None),
    "xlsx": (
        zipped(b"x", "[Content_Types].xml", "xl/workbook.xml"),
        "unsupported_file",
        None,
        None,
    ),
    "noise": (bytes(range(256)) * 20, "unsupported_file", None, None),
    "two in a zip": (zipped(b"a\n1\n", "a.csv", "b.csv"), "unsupported_file", None, None),
    "locked zip": (encrypted_zip(), "unsupported_file", None, None),
    "cut gzip": (gzip.compress(MANY)[:-20], "corrupt_file", None, None),
    "cut zip": (zipped(MANY, "a.csv")[:-40], "corrupt_file", None, None),
    "cut parquet": (parquet(pa.table({"a": [1]}))[:-5], "corrupt_file", None, None),
    "parquet twice": (
        parquet(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])),
        "bad_header",
        1,
        "a",
    ),
    "nested parquet": (parquet(pa.table({"a": [1], "b": [[1]]})), "nested_values", None, "b"),
    "binary parquet": (parquet(pa.table({"a": [b"\x00"]})), "unsupported_file", None, "a"),
    "empty parquet": (parquet(pa.table({"a": pa.array([], pa.int64())})), "no_rows", None, None),
    "json": (b'{"a": 1}\n{"a": 2\n{"a": 3}\n', "invalid_json", 2, None),
    "json scalar": (b'{"a": 1}\n\n42\n', "invalid_json", 3, None),
    "json latin-1": (b'{"a": "caf\xe9"}\n', "invalid_json", 1, None),
    "nested json": (b'{"a": 1}\n{"a": 2, "b": {"c": 1}}\n', "nested_values", 2, "b"),
    "long json": (b'{"a": 1}\n{"a": "' + b"x" * 2 * MIB + b'"}\n', "row_too_long", 2, None),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file(upload: Upload, case: str) -> None:
    content, code, row, column = BAD_FILES[case]
    with pytest.raises(IngestError) as caught:
        upload.ingest(content)
    error = caught.value
    assert (error.code, error.row, error.column) == (f"dataset.{code}", row, column)
    assert error.message
    assert error.hint
    assert upload.left_behind() == []
    restored = IngestError.from_dict(error.to_dict())
    assert type(restored) is type(error)
    assert str(restored) == str(error)


def message_of(upload: Upload, content: bytes, limits: IngestLimits | None = None) -> str:
    with pytest.raises(IngestError) as caught:
        upload.ingest(content, limits)
    assert upload.left_behind() == []
    return str(caught.value)


def test_messages_say_what_to_do(upload: Upload) -> None:
    ragged = message_of(upload, b"a,b\n1,2\n1,2,3\n")
    assert "Row 3 has 3 fields, expected 2" in ragged
    encoding = message_of(upload, b"a,b\n2,caf\xe9\n")
    assert "byte 6 (0xe9)" in encoding
    assert "encoding='windows-1252'" in encoding
    assert "Excel: export" in message_of(upload, zipped(b"x", "[Content_Types].xml"))
    assert "json_normalize" in message_of(upload, b'{"a": [1]}\n')
    assert "pandas: to_csv(index=False)" in message_of(upload, b",a\n0,1\n")
    assert "JSON lines" in message_of(upload, b'[{"a": 1}, {"a": 2}]')


def test_a_wrong_encoding_argument(upload: Upload) -> None:
    with pytest.raises(IngestError) as caught:
        upload.ingest("a,b\n1,é\n".encode(), encoding="ascii")
    assert (caught.value.code, caught.value.row) == ("dataset.wrong_encoding", 2)
    with pytest.raises(IngestError) as caught:
        upload.ingest(b"a,b\n1,2\n", encoding="klingon")
    assert caught.value.code == "dataset.wrong_encoding"


def test_a_declared_format_must_be_true(upload: Upload) -> None:
    for content, declared in ((b"a,b\n1,2\n", "parquet"), (parquet(pa.table({"a": [1]})), "csv")):
        with pytest.raises(IngestError) as caught:
            upload.ingest(content, format=declared)
        assert caught.value.code == "dataset.unsupported_file"


def test_bombs_are_stopped(upload: Upload) -> None:
    zeros = b"a,b\n" + b"0,0\n" * (8 * MIB)
    for bomb in (gzip.compress(zeros), zipped(zeros, "a.csv")):
        assert "times its size" in message_of(upload, bomb)
    small = IngestLimits(max_expanded_bytes=MIB)
    assert "expands to more than" in message_of(upload, gzip.compress(zeros), small)
    rows = parquet(pa.table({"a": pa.repeat(7, 4_000_000)}))
    assert len(rows) < 100_000
    assert "expands to more than" in message_of(upload, rows, small)


def test_too_many_columns(upload: Upload) -> None:
    names = [f"c{i}" for i in range(101)]
    csv = (",".join(names) + "\n" + ",".join("1" * 101) + "\n").encode()
    jsonl = ("{" + ",".join(f'"{name}": 1' for name in names) + "}\n").encode()
    for content in (csv, jsonl, parquet(pa.table({name: [1] for name in names}))):
        assert "at most 100" in message_of(upload, content, IngestLimits(max_columns=100))


def test_a_full_disk() -> None:
    table = pa.table({"a": range(100_000)})
    with (
        pytest.raises(StorageFull) as caught,
        storage_guard(),
        TableWriter(Path("/dev/full"), table.schema) as writer,
    ):
        writer.add(table)
    assert caught.value.code == "dataset.storage_full"


def test_zip_with_a_wrong_checksum(upload: Upload) -> None:
    content = bytearray(zipped(MANY, "a.csv"))
    info = zipfile.ZipFile(io.BytesIO(content)).infolist()[0]
    at = content.index(info.CRC.to_bytes(4, "little"), content.index(b"PK\x01\x02"))
    content[at] ^= 0xFF
    assert "damaged" in message_of(upload, bytes(content))
