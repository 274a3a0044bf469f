"""The names of blobs: `<tenant>/<kind>/…`, built and checked here and nowhere else."""

from __future__ import annotations

import re
from typing import NewType
from uuid import UUID

from maestro_ml.server.blobs.errors import BlobKeyInvalid

BlobKey = NewType("BlobKey", str)
"""The whole name of a blob, or of a folder of blobs: only whole segments count as a prefix."""

_MAX_SEGMENT = 240
_MAX_KEY = 900
"""Bytes: file systems take 255 in a name, S3 takes 1024 in a key, and the store's prefix needs room."""

_UNFINISHED = re.compile(r"#\d+$")
"""The local store keeps such names for files that are still being written."""


def blob_key(tenant_id: UUID, kind: str, *path: str) -> BlobKey:
    """The key of `path`, whose parts may hold slashes, among the tenant's blobs of `kind`.

    Raises BlobKeyInvalid for empty and relative segments, backslashes, control characters, names that
    end in `#` and digits, and what is too long for some store.
    """
    segments = (
        [str(tenant_id), kind, *"/".join(path).split("/")] if path else [str(tenant_id), kind]
    )
    for segment in segments:
        fault = _fault(segment)
        if fault:
            raise BlobKeyInvalid(f"The name {segment[:80]!r} {fault}. Choose another name.")
    key = "/".join(segments)
    if len(key.encode()) > _MAX_KEY:
        raise BlobKeyInvalid(f"The path {key[:80]!r}… is too long. Choose a shorter one.")
    return BlobKey(key)


def _fault(segment: str) -> str | None:
    if segment in ("", ".", ".."):
        return "is no part of a path"
    if "\\" in segment or not all(char.isprintable() for char in segment):
        return "holds a backslash, a control character or another that cannot be shown"
    if _UNFINISHED.search(segment):
        return "ends in '#' and digits, which is kept for unfinished files"
    if len(segment.encode()) > _MAX_SEGMENT:
        return f"is longer than {_MAX_SEGMENT} bytes"
    return None
