"""Uploaded bytes as they are read: expanded, bounded, and checked to be text."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from maestro_ml.server.datasets.ingest.errors import (
    CorruptFile,
    ExpansionLimit,
    NulByte,
    UnsupportedFile,
    WrongEncoding,
)
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits

CHUNK_BYTES = MIB
_RATIO_COUNTS_FROM = 16 * MIB
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}


class ByteStream(Protocol):
    """Anything that hands out bytes in order; fewer than asked for only at the end."""

    def read(self, size: int = -1, /) -> bytes: ...


def known_encoding(name: str) -> str:
    """The name back, if Python has a codec for it; raises WrongEncoding if not."""
    try:
        codecs.lookup(name)
    except LookupError as error:
        text = f"There is no encoding called '{name}'."
        raise WrongEncoding(text, "Use utf-8, windows-1252, latin-1 or another codec.") from error
    return name


def compression_of(path: Path) -> str | None:
    """gzip, zstd or zip by the first bytes, None for a plain file."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)


@contextmanager
def open_expanded(path: Path, limits: IngestLimits) -> Iterator[ByteStream]:
    """The bytes of an upload, decompressed where it is gzip, zstd or a zip of one file.

    Raises:
        CorruptFile: the compressed stream breaks off or is damaged.
        ExpansionLimit: more comes out than the limits allow.
        UnsupportedFile: a zip of several files or with a password.
    """
    compression = compression_of(path)
    with ExitStack() as stack:
        raw: Any = stack.enter_context(path.open("rb"))
        with _corruption_named(compression):
            if compression == "zip":
                raw = stack.enter_context(_member(stack.enter_context(zipfile.ZipFile(raw))))
            elif compression:
                raw = stack.enter_context(
                    pa.CompressedInputStream(pa.OSFile(str(path)), compression)
                )
        yield BoundedStream(raw, path.stat().st_size, limits, compression)


class BoundedStream:
    """Counts what comes out of a file and stops a bomb before it fills memory or disk."""

    def __init__(
        self, raw: ByteStream, packed_bytes: int, limits: IngestLimits, compression: str | None
    ) -> None:
        self._raw = raw
        self._packed_bytes = packed_bytes
        self._limits = limits
        self._compression = compression
        self._expanded = 0

    def read(self, size: int = -1, /) -> bytes:
        parts: list[bytes] = []
        missing = size
        while missing != 0:
            with _corruption_named(self._compression):
                part = self._raw.read(CHUNK_BYTES if size < 0 else min(missing, CHUNK_BYTES))
            if not part:
                break
            self._count(len(part))
            parts.append(part)
            missing -= len(part) if size > 0 else 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _count(self, size: int) -> None:
        self._expanded += size
        limits = self._limits
        hint = "Split the table into several files, or ask your administrator to raise the limit."
        if self._expanded > limits.max_expanded_bytes:
            text = f"The file expands to more than {limits.max_expanded_bytes:,} bytes."
            raise ExpansionLimit(text, hint)
        if self._compression is None or self._expanded < _RATIO_COUNTS_FROM:
            return
        if self._expanded > limits.max_expansion_ratio * self._packed_bytes:
            text = f"The file expands to more than {limits.max_expansion_ratio:g} times its size."
            raise ExpansionLimit(text, "Upload it without compression if it really is a table.")


class TextStream:
    """UTF-8 text out of bytes in any encoding, without byte order mark and free of NULs.

    UTF-8 itself is passed on unchecked: the readers behind check it while they parse. `quotes` counts
    the double quotes that went through.
    """

    closed = False

    def __init__(self, raw: ByteStream, encoding: str) -> None:
        self._raw = raw
        self._encoding = encoding
        decoder = codecs.getincrementaldecoder(encoding)
        self._decoder = None if codecs.lookup(encoding).name == "utf-8" else decoder("strict")
        self._lines = 1
        self._started = False
        self.quotes = 0

    def read(self, size: int = -1, /) -> bytes:
        text = (
            self._raw.read(size) if self._decoder is None else self._transcode(self._decoder, size)
        )
        if not self._started:
            self._started = True
            text = text.removeprefix(codecs.BOM_UTF8)
        nul = text.find(b"\0")
        if nul >= 0:
            row = self._lines + text.count(b"\n", 0, nul)
            hint = "Remove the NUL bytes; if the text is UTF-16, name that as the encoding."
            raise NulByte(f"Line {row} holds a NUL byte.", hint, row=row)
        self._lines += text.count(b"\n")
        self.quotes += text.count(b'"')
        return text

    def close(self) -> None:
        self.closed = True

    def _transcode(self, decoder: codecs.IncrementalDecoder, size: int) -> bytes:
        share = max(1, size // 4) if size > 0 else size  # a byte may become up to four in UTF-8
        try:
            text, chunk = "", b"more"
            while chunk and not text:
                chunk = self._raw.read(share)
                text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            row = self._lines + error.object[: error.start].count(b"\n")
            found = f"Line {row} is not valid {self._encoding} text."
            raise WrongEncoding(found, "Name the encoding that the file has.", row=row) from error
        return text.encode()


@contextmanager
def _corruption_named(compression: str | None) -> Iterator[None]:
    """Damaged compressed data comes as many exceptions; here they become one."""
    if not compression:
        yield
        return
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        text = f"The {compression} data is damaged or breaks off before its end."
        raise CorruptFile(text, "Compress or upload the file again.") from error


@contextmanager
def _member(archive: zipfile.ZipFile) -> Iterator[Any]:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnsupportedFile(
            "This is an Excel or office document.",
            "Excel: export the sheet as CSV and upload that.",
        )
    names = [name for name in names if not name.startswith("__MACOSX/")]
    if len(names) != 1:
        text = f"The zip archive holds {len(names)} files."
        raise UnsupportedFile(text, "Upload a zip with one table, or each table on its own.")
    info = archive.getinfo(names[0])
    if info.flag_bits & 1:
        raise UnsupportedFile("The zip archive needs a password.", "Upload it without a password.")
    with archive.open(info) as stream:
        yield stream
