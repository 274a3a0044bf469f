"""A file as the answer: whole or a range of it, or nothing to one who has it already."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

import orjson

from maestro_ml.server.blobs import BlobKey, BlobStore
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.kernel.http.edge import header
from maestro_ml.server.protocols.mlflow.artifact_paths import attachment, media_type

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that can be sent, and where the object store keeps it."""

    path: str
    size: int
    sha256: str | None
    modified_at: datetime
    key: BlobKey

    @property
    def etag(self) -> str:
        """Changes with the content, or else with the time and size."""
        return f'"{self.sha256 or f"{self.modified_at.timestamp()}-{self.size}"}"'


async def send_file(request: HotRequest, file: StoredFile, blobs: BlobStore) -> HotResponse:
    """`file` as `request` wants it: 200, 206, 304 or 416."""
    headers: Headers = (
        (b"content-disposition", attachment(file.path).encode()),
        (b"etag", file.etag.encode()),
        (b"last-modified", format_datetime(file.modified_at, usegmt=True).encode()),
        (b"accept-ranges", b"bytes"),
        # A copy may be kept, but whether it is still the file has to be asked.
        (b"cache-control", b"no-cache"),
    )
    if file.etag in re.split(r"\s*,\s*", header(request.scope, b"if-none-match")):
        return HotResponse(status=304, headers=headers)
    span = _span(request, file)
    if span is not None and span[0] >= span[1]:
        return _nothing_there(file, headers)
    asked = request.scope["method"] == "GET"
    chunks = (await blobs.open(file.key, span=span)).chunks if asked else _nothing()
    start, end = (0, file.size) if span is None else span
    headers += ((b"content-length", str(end - start).encode()),)
    if span is not None:
        headers += ((b"content-range", f"bytes {start}-{end - 1}/{file.size}".encode()),)
    return HotResponse(
        status=200 if span is None else 206,
        media_type=media_type(file.path).encode(),
        headers=headers,
        chunks=chunks,
    )


async def _nothing() -> AsyncIterator[bytes]:
    """The body that an answer to HEAD has."""
    none: tuple[bytes, ...] = ()
    for chunk in none:
        yield chunk


def _span(request: HotRequest, file: StoredFile) -> tuple[int, int] | None:
    """The first byte and the one after the last that are asked for; None for all of them.

    An empty span means that the file has none of them. Several ranges count as none, as they may.
    """
    asked = _RANGE.match(header(request.scope, b"range").replace(" ", ""))
    if asked is None or asked.group() == "bytes=-":
        return None
    if header(request.scope, b"if-range") not in ("", file.etag):
        return None
    first, last = asked.groups()
    if not first:
        return max(file.size - int(last), 0), file.size
    if last and int(last) < int(first):
        return None
    end = min(int(last) + 1, file.size) if last else file.size
    return int(first), end


def _nothing_there(file: StoredFile, headers: Headers) -> HotResponse:
    told = f"The file has {file.size} bytes, none in this range. Ask for others."
    return HotResponse(
        orjson.dumps({"error_code": "INVALID_PARAMETER_VALUE", "message": told}),
        416,
        headers=(*headers, (b"content-range", f"bytes */{file.size}".encode())),
    )
