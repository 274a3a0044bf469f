"""The port to the object store; every transfer streams, and a blob appears whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store, from_url

from maestro_ml.server.blobs.errors import (
    BlobNotFound,
    BlobsUnavailable,
    RangeNotSatisfiable,
    disk_failures,
    file_or_folder,
    reading,
    store_failures,
    writing,
)
from maestro_ml.server.blobs.keys import BlobKey
from maestro_ml.server.blobs.local import delete_unfinished, make_durable
from maestro_ml.server.blobs.multipart import multipart_uploads

if TYPE_CHECKING:  # these names exist in obstore's stubs alone
    from obstore import GetOptions, GetResult, ObjectMeta
    from obstore.store import ClientConfig

_READ_BYTES = 1 << 18
_PARTS_AT_ONCE = 2
"""Parts of 5 MiB on their way at once: the memory that one write takes, whatever its length."""
_MOST_AT_ONCE = 5 * 1024**3
"""Bytes that S3 copies in one request."""
_REMOTE: ClientConfig = {"timeout": "15m", "connect_timeout": "5s"}
_NOWHERE = BlobKey("health/probe")

Named = Callable[[list[BlobKey]], Awaitable[set[BlobKey]]]
"""Tells which of some keys a row names."""


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """What was written: bytes, and their SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What the store knows of a blob; `size` in bytes."""

    key: BlobKey
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class OpenBlob:
    """A blob of `size` bytes, of which `chunks` are those from `start` up to but without `end`."""

    size: int
    start: int
    end: int
    chunks: AsyncIterator[bytes]


class BlobStore:
    """Blobs behind one address: `file://`, `s3://`, `gs://` or `az://`.

    Every method raises StorageFull or BlobsUnavailable. Credentials of a cloud come from its usual
    environment variables. In a cloud, let a lifecycle rule end multipart uploads that a killed server
    left behind: they are invisible, but cost money.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._root = Path(unquote(address.path)) if address.scheme == "file" else None
        self._store: ObjectStore = (
            from_url(url, client_options={**_REMOTE, "allow_http": _http_is_fine(os.environ)})
            if self._root is None
            else LocalStore(self._root, automatic_cleanup=True, mkdir=True)
        )
        self.multipart = multipart_uploads(self._store, os.environ)
        """Uploads that clients send to the store itself, in parts; None where it takes none."""

    # Writing

    async def put_file(self, key: BlobKey, path: Path) -> BlobInfo:
        """Store a copy of the file `path`."""
        return await self.put_stream(key, read_chunks(path))

    async def put_stream(self, key: BlobKey, chunks: AsyncIterator[bytes]) -> BlobInfo:
        """Store the bytes of `chunks` in constant memory, in place of what had this key.

        Nothing is visible before all are stored, and nothing stays when `chunks` raises (which
        passes through) or the caller is cancelled. On return the blob survives a crash and, in a
        local folder as in a cloud, a power cut.
        """
        digest, size = hashlib.sha256(), 0
        own = self.local_path(key)
        if own is not None and own.is_dir():
            raise file_or_folder(key)

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        with writing(key):
            await obstore.put_async(self._store, key, counted(), max_concurrency=_PARTS_AT_ONCE)
        if self._root is not None:
            await asyncio.to_thread(make_durable, self._root, key)
        return BlobInfo(size, digest.hexdigest())

    async def copy(self, source: BlobKey, target: BlobKey) -> None:
        """Store the bytes of `source` under `target` as well; later changes of one spare the other.

        No byte passes through this process, except for what a cloud refuses to copy at once. Raises
        BlobNotFound.
        """
        size = (await self.stat(source)).size
        if self._root is None and size > _MOST_AT_ONCE:
            await self.put_stream(target, (await self.open(source)).chunks)
            return
        with reading(source), writing(target):
            await obstore.copy_async(self._store, source, target)
        if self._root is not None:
            await asyncio.to_thread(make_durable, self._root, target)

    # Reading

    async def open(self, key: BlobKey, *, span: tuple[int, int] | None = None) -> OpenBlob:
        """The bytes of a blob, or those of `span` (the first, and the one after the last).

        Raises BlobNotFound, RangeNotSatisfiable.
        """
        if span is not None:
            size = (await self.stat(key)).size
            if not 0 <= span[0] < min(span[1], size):
                raise RangeNotSatisfiable(
                    f"The file has {size} bytes, none in {span[0]}-{span[1] - 1}. Ask for others."
                )
        with reading(key):
            options: GetOptions = {} if span is None else {"range": span}
            found = await obstore.get_async(self._store, key, options=options)
        return OpenBlob(found.meta["size"], *found.range, chunks=_chunks(found))

    async def download(self, key: BlobKey, path: Path) -> Path:
        """Copy a blob to the file `path`, which appears whole or not at all. Raises BlobNotFound."""
        blob = await self.open(key)
        partial = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
        try:
            with disk_failures(), partial.open("xb") as file:
                async for chunk in blob.chunks:
                    await asyncio.to_thread(file.write, chunk)
            return partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    @property
    def signs(self) -> bool:
        """Whether the store answers clients itself, at addresses that are signed here."""
        return isinstance(self._store, S3Store | GCSStore | AzureStore)

    async def download_url(self, key: BlobKey, *, seconds: int) -> str:
        """An address that gives the blob to whoever has it, for a while; where `signs` is true."""
        assert isinstance(self._store, S3Store | GCSStore | AzureStore)
        with store_failures():
            return await obstore.sign_async(self._store, "GET", key, timedelta(seconds=seconds))

    def local_path(self, key: BlobKey) -> Path | None:
        """The blob's own file where the store is a local folder; read it, never change it."""
        return None if self._root is None else self._root / key

    async def stat(self, key: BlobKey) -> BlobStat:
        """Size and time of a blob. Raises BlobNotFound."""
        with reading(key):
            return _to_stat(await obstore.head_async(self._store, key))

    async def check(self) -> None:
        """Raise BlobsUnavailable unless the store answers and, in a folder, can be written to."""
        if self._root is not None and not os.access(self._root, os.W_OK | os.X_OK):
            raise BlobsUnavailable(
                f"The folder {self._root} is gone or not writable. Restore it, or set "
                "MAESTRO_BLOB_URL to another place."
            )
        with suppress(BlobNotFound):
            await self.stat(_NOWHERE)

    # Deleting

    async def delete(self, prefix: BlobKey) -> int:
        """Delete the blob with this key and all below it; the bytes freed, 0 if there were none."""
        return sum([await self._delete(page) async for page in self._pages(prefix)])

    async def purge_orphans(self, prefix: BlobKey, named: Named, *, before: datetime) -> int:
        """Delete the blobs below `prefix` last written before `before` that no row names.

        Returns the bytes freed, with those of writes that a crash cut short. `before` must lie
        further back than the longest time between a blob and the commit of its row.
        """
        freed = 0
        async for page in self._pages(prefix):
            old = [blob for blob in page if blob.modified_at < before]
            kept = await named([blob.key for blob in old]) if old else set()
            freed += await self._delete(blob for blob in old if blob.key not in kept)
        if self._root is not None:
            freed += await asyncio.to_thread(delete_unfinished, self._root / prefix, before=before)
        return freed

    async def _delete(self, blobs: Iterable[BlobStat]) -> int:
        gone = list(blobs)
        if not gone:
            return 0
        with store_failures(), suppress(FileNotFoundError):  # somebody else was faster
            await obstore.delete_async(self._store, [blob.key for blob in gone])
        return sum(blob.size for blob in gone)

    # Listing

    async def _pages(self, prefix: BlobKey) -> AsyncIterator[list[BlobStat]]:
        with suppress(BlobNotFound):
            yield [await self.stat(prefix)]
        with store_failures():
            async for page in obstore.list(self._store, prefix, chunk_size=1000):
                yield [_to_stat(meta) for meta in page if meta["path"] != prefix]

    async def list(self, prefix: BlobKey) -> AsyncIterator[BlobStat]:
        """The blob with this key and all below it, in no order."""
        async for page in self._pages(prefix):
            for blob in page:
                yield blob


def _http_is_fine(environment: Mapping[str, str]) -> bool:
    """As the object store's library reads it, unless it is given other options of its client."""
    return environment.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")


async def read_chunks(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, read off the event loop."""
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _READ_BYTES):
            yield chunk


async def _chunks(found: GetResult) -> AsyncIterator[bytes]:
    with store_failures():
        async for chunk in found.stream(min_chunk_size=_READ_BYTES):
            yield bytes(chunk)


def _to_stat(meta: ObjectMeta) -> BlobStat:
    return BlobStat(BlobKey(meta["path"]), meta["size"], meta["last_modified"])
