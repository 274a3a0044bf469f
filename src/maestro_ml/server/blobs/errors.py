"""What can go wrong with blobs, and the translation of the store's own exceptions."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError

from maestro_ml.server.kernel.errors import InvalidInput, NotFound, StorageFull, Unavailable

_NO_FOLDER = "(os error 20)"
_FULL = ("No space left on device", "Disk quota exceeded")


class BlobNotFound(NotFound):
    """No blob has this key."""

    code = "blob.not_found"


class BlobKeyInvalid(InvalidInput):
    """The name cannot be part of a key."""

    code = "blob.key_invalid"


class RangeNotSatisfiable(InvalidInput):
    """The blob has no bytes in this range."""

    code = "blob.range_not_satisfiable"
    status = 416


class MultipartInvalid(InvalidInput):
    """There is no such upload, or its parts do not make a whole."""

    code = "blob.multipart_invalid"


class BlobsUnavailable(Unavailable):
    """The object store refuses or does not answer."""

    code = "blob.store_unavailable"


@contextmanager
def store_failures() -> Iterator[None]:
    """Raise StorageFull or BlobsUnavailable for what the object store raises."""
    try:
        yield
    except BaseError as error:
        reason = _reason(error)
        if any(full in reason for full in _FULL):
            raise storage_full() from error
        raise BlobsUnavailable(
            f"The object store failed: {reason}. Check MAESTRO_BLOB_URL and its credentials, then "
            "try again."
        ) from error


@contextmanager
def reading(key: str) -> Iterator[None]:
    """Like store_failures, and BlobNotFound if nothing is stored under `key`."""
    try:
        with store_failures():
            yield
    except (FileNotFoundError, BlobsUnavailable) as error:
        if isinstance(error, BlobsUnavailable) and _NO_FOLDER not in error.detail:
            raise
        raise BlobNotFound(f"Nothing is stored under {key}; it may have been deleted.") from error


@contextmanager
def writing(key: str) -> Iterator[None]:
    """Like store_failures, and BlobKeyInvalid if a file is where a folder has to be."""
    try:
        with store_failures():
            yield
    except BlobsUnavailable as error:
        if _NO_FOLDER not in error.detail:
            raise
        raise file_or_folder(key) from error


def file_or_folder(key: str) -> BlobKeyInvalid:
    """The error of a name that would have to be both."""
    return BlobKeyInvalid(
        f"{key} cannot be stored: a name cannot be a file and a folder. Choose another name."
    )


def _reason(error: BaseError) -> str:
    return str(error).partition("\n")[0]


@contextmanager
def disk_failures() -> Iterator[None]:
    """Raise StorageFull for a disk or quota that is full while writing an ordinary file."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise storage_full() from error


def storage_full() -> StorageFull:
    """The error of a full disk."""
    return StorageFull(
        "The server has no disk space left for this; nothing was kept. Free some space there, or "
        "ask your administrator to, and try again."
    )
