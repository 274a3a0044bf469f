"""Which format an upload is in, told by its first bytes; what is no table is named for what it is."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from maestro_ml.server.datasets.ingest.errors import EmptyFile, UnsupportedFile
from maestro_ml.server.datasets.ingest.limits import IngestLimits
from maestro_ml.server.datasets.ingest.streams import open_expanded

FORMATS = ("csv", "parquet", "jsonl")
_HEAD_BYTES = 65_536
_ODD_BYTES = 8
_EXPORT = "Export the table as CSV, Parquet or JSON lines and upload that."
_BINARIES = {
    b"\xd0\xcf\x11\xe0": ("an Excel workbook", "Excel: export the sheet as CSV and upload that."),
    b"\x89PNG": ("a PNG picture", _EXPORT),
    b"\xff\xd8\xff": ("a JPEG picture", _EXPORT),
    b"GIF8": ("a GIF picture", _EXPORT),
    b"%PDF": ("a PDF document", _EXPORT),
    b"MZ": ("a Windows program", _EXPORT),
    b"\x7fELF": ("a Linux program", _EXPORT),
    b"SQLite format 3": ("an SQLite database", _EXPORT),
    b"ARROW1": ("an Arrow file", "Write it as Parquet and upload that."),
    b"\x89HDF": ("an HDF5 file", _EXPORT),
    b"\x93NUMPY": ("a NumPy array", _EXPORT),
    b"ORC": ("an ORC file", "Write it as Parquet and upload that."),
    b"Obj\x01": ("an Avro file", "Write it as Parquet and upload that."),
}
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def format_of(path: Path, declared: str | None, limits: IngestLimits) -> str:
    """csv, parquet or jsonl: what was declared, unless the file is evidently something else.

    Raises:
        EmptyFile: there is not a byte in it, or only blank space.
        UnsupportedFile: it is no table, or not in the declared format.
    """
    with open_expanded(path, limits) as stream:
        head = stream.read(_HEAD_BYTES)
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise EmptyFile("The file is empty.", "Upload a file with a header and at least one row.")
    parquet = head.startswith(b"PAR1")
    if declared is not None and declared not in FORMATS:
        raise UnsupportedFile(
            f"'{declared}' is no known format.", f"Use one of {', '.join(FORMATS)}."
        )
    if parquet != (declared == "parquet") and declared is not None:
        found = "a" if parquet else "no"
        raise UnsupportedFile(f"Declared as {declared}, but this is {found} Parquet file.", _EXPORT)
    if parquet:
        return "parquet"
    _refuse_binary(head)
    if declared is None and re.match(rb"\s*\[\s*[\[{]", head.removeprefix(codecs.BOM_UTF8)):
        text = "This is one JSON array, not JSON lines."
        raise UnsupportedFile(text, "Write JSON lines, one object per line (jq -c '.[]').")
    return declared or (
        "jsonl" if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{" else "csv"
    )


def encoding_of(path: Path, limits: IngestLimits) -> str:
    """UTF-16 where the file begins with its byte order mark, else UTF-8."""
    with open_expanded(path, limits) as stream:
        head = stream.read(2)
    return _MARKS.get(head, "utf-8")


def _refuse_binary(head: bytes) -> None:
    for magic, (what, hint) in _BINARIES.items():
        if head.startswith(magic):
            raise UnsupportedFile(f"This is {what}, not a table.", hint)
    if head[:2] in _MARKS:
        return
    odd = sum(head.count(byte) for byte in (b"\0", b"\1", b"\2", b"\3", b"\4", b"\5"))
    if odd > max(_ODD_BYTES, len(head) // 50):
        raise UnsupportedFile("This is a binary file, not a table.", _EXPORT)
