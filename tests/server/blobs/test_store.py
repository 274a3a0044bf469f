"""Blobs in a folder and in a store that is none: whole or absent, in constant memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.support.disk import small_disk

from maestro_ml.server.blobs import (
    BlobKey,
    BlobKeyInvalid,
    BlobNotFound,
    BlobStore,
    BlobsUnavailable,
    RangeNotSatisfiable,
    blob_key,
)
from maestro_ml.server.kernel.errors import StorageFull

TENANT = UUID(int=7)
MIB = 2**20


@pytest.fixture(params=["folder", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """The same tests for a local folder and for a store without files."""
    return BlobStore((tmp_path / "blobs").as_uri() if request.param == "folder" else "memory:///")


async def stream(*chunks: bytes, error: Exception | None = None) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if error is not None:
        raise error


async def read(store: BlobStore, key: BlobKey, span: tuple[int, int] | None = None) -> bytes:
    blob = await store.open(key, span=span)
    content = b"".join([chunk async for chunk in blob.chunks])
    assert len(content) == blob.end - blob.start
    return content


async def names(store: BlobStore, prefix: BlobKey) -> set[str]:
    return {blob.key.removeprefix(f"{prefix}/") async for blob in store.list(prefix)}


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, 12 * MIB + 5])
async def test_what_was_put_is_read_back(store: BlobStore, size: int) -> None:
    content = os.urandom(size)
    key = blob_key(TENANT, "test", "some folder/ä #x 100%.bin")
    chunks = [content[at : at + MIB] for at in range(0, size, MIB)]
    info = await store.put_stream(key, stream(*chunks))
    assert (info.size, info.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert await read(store, key) == content
    stat = await store.stat(key)
    assert (stat.key, stat.size) == (key, size)


async def test_a_file_goes_up_and_comes_down_whole(store: BlobStore, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "down" / "target"
    source.write_bytes(os.urandom(3 * MIB))
    target.parent.mkdir()
    key = blob_key(TENANT, "test", "file")
    await store.put_file(key, source)
    assert (await store.download(key, target)).read_bytes() == source.read_bytes()
    with pytest.raises(BlobNotFound):
        await store.download(blob_key(TENANT, "test", "other"), target.with_name("missing"))
    assert files(target.parent) == ["target"]


async def test_a_span_of_a_blob_can_be_read_alone(store: BlobStore) -> None:
    key = blob_key(TENANT, "test", "digits")
    await store.put_stream(key, stream(b"0123456789"))
    assert await read(store, key, (2, 5)) == b"234"
    assert await read(store, key, (8, 99)) == b"89"
    for span in [(10, 12), (5, 5), (-1, 3)]:
        with pytest.raises(RangeNotSatisfiable, match="10 bytes"):
            await store.open(key, span=span)


async def test_a_broken_stream_leaves_what_was_there_before(
    store: BlobStore, tmp_path: Path
) -> None:
    key = blob_key(TENANT, "test", "kept")
    await store.put_stream(key, stream(b"before"))
    with pytest.raises(RuntimeError, match="the sender is gone"):
        await store.put_stream(
            key, stream(b"x" * 7 * MIB, error=RuntimeError("the sender is gone"))
        )
    assert await read(store, key) == b"before"
    new = blob_key(TENANT, "test", "new")
    with pytest.raises(RuntimeError):
        await store.put_stream(new, stream(b"x" * 7 * MIB, error=RuntimeError()))
    with pytest.raises(BlobNotFound):
        await store.stat(new)
    assert await names(store, blob_key(TENANT, "test")) == {"kept"}
    assert len(files(tmp_path)) <= 1


async def test_a_cancelled_write_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    halfway = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 12 * MIB
        halfway.set()
        await asyncio.Event().wait()
        yield b""

    key = blob_key(TENANT, "test", "cancelled")
    writing = asyncio.create_task(store.put_stream(key, endless()))
    await halfway.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    with pytest.raises(BlobNotFound):
        await store.stat(key)
    deadline = time.monotonic() + 5
    while files(tmp_path) and time.monotonic() < deadline:  # noqa: ASYNC110 - nothing signals it
        await asyncio.sleep(0.01)
    assert files(tmp_path) == []


async def test_delete_frees_a_blob_and_all_below_but_not_its_namesakes(store: BlobStore) -> None:
    kept, doomed = blob_key(TENANT, "test", "ab"), blob_key(TENANT, "test", "a")
    await store.put_stream(kept, stream(b"1"))
    await store.put_stream(blob_key(TENANT, "test", "a/b"), stream(b"22"))
    await store.put_stream(blob_key(TENANT, "test", "a/c/d"), stream(b"333"))
    assert await store.delete(doomed) == 5
    assert await names(store, blob_key(TENANT, "test")) == {"ab"}
    assert await store.delete(doomed) == 0
    assert await store.delete(kept) == 1


async def test_orphans_are_deleted_when_they_are_old_enough(store: BlobStore) -> None:
    prefix = blob_key(TENANT, "test")
    keys = [blob_key(TENANT, "test", name) for name in ("named", "orphan")]
    for key in keys:
        await store.put_stream(key, stream(b"four"))

    async def named(asked: list[BlobKey]) -> set[BlobKey]:
        return {keys[0]} & set(asked)

    now = datetime.now(UTC)
    assert await store.purge_orphans(prefix, named, before=now - timedelta(days=1)) == 0
    assert await store.purge_orphans(prefix, named, before=now + timedelta(minutes=1)) == 4
    assert await names(store, prefix) == {"named"}


BAD_PATHS = ["", "..", "a/../b", "/etc/passwd", "a//b", "a/", "a\\b", "a\nb", "a\0b", "x#1"]
TOO_LONG = ["n" * 241, "/".join(["d" * 200] * 6)]
NOT_SHOWN = ["\u202egnp.exe", "\ud800"]


@pytest.mark.parametrize("path", [*BAD_PATHS, *TOO_LONG, *NOT_SHOWN])
def test_a_key_cannot_leave_its_folder(path: str) -> None:
    with pytest.raises(BlobKeyInvalid, match=r"another name|shorter"):
        blob_key(TENANT, "test", path)


KILLED_WRITER = """
import asyncio, os, signal, sys
from uuid import UUID
from maestro_ml.server.blobs import BlobStore, blob_key
async def chunks():
    yield b"x" * 12_000_000
    os.kill(os.getpid(), signal.SIGKILL)
store = BlobStore(sys.argv[1])
async def main():
    async def whole():
        yield b"whole"
    await store.put_stream(blob_key(UUID(int=7), "test", "acknowledged"), whole())
    await store.put_stream(blob_key(UUID(int=7), "test", "killed"), chunks())
asyncio.run(main())
"""


async def test_a_killed_writer_leaves_no_blob_and_its_rest_is_purged(tmp_path: Path) -> None:
    url = (tmp_path / "blobs").as_uri()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED_WRITER, url)
    assert await process.wait() == -9
    assert len(files(tmp_path / "blobs")) == 2
    store, prefix = BlobStore(url), blob_key(TENANT, "test")
    assert await names(store, prefix) == {"acknowledged"}

    async def all_named(keys: list[BlobKey]) -> set[BlobKey]:
        return set(keys)

    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    await store.purge_orphans(prefix, all_named, before=in_a_minute)
    assert files(tmp_path / "blobs") == [f"{TENANT}/test/acknowledged"]


async def test_a_name_is_a_file_or_a_folder(tmp_path: Path) -> None:
    store = BlobStore(tmp_path.as_uri())
    await store.put_stream(blob_key(TENANT, "test", "a"), stream(b"file"))
    with pytest.raises(BlobNotFound):
        await store.stat(blob_key(TENANT, "test", "a/b"))
    with pytest.raises(BlobKeyInvalid, match="a file and a folder"):
        await store.put_stream(blob_key(TENANT, "test", "a/b"), stream(b"below a file"))
    with pytest.raises(BlobKeyInvalid, match="a file and a folder"):
        await store.put_stream(blob_key(TENANT, "test"), stream(b"in place of a folder"))


async def test_a_local_store_shows_its_files_and_notices_when_its_folder_is_gone(
    tmp_path: Path,
) -> None:
    root = tmp_path / "a folder with spaces"
    store = BlobStore(root.as_uri())
    key = blob_key(TENANT, "test", "b%20b c")
    await store.put_stream(key, stream(b"1"))
    path = store.local_path(key)
    assert path is not None
    assert path.read_bytes() == b"1"
    await store.check()
    root.rename(tmp_path / "moved")
    with pytest.raises(BlobsUnavailable, match="MAESTRO_BLOB_URL"):
        await store.check()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    with small_disk(tmp_path) as place:
        yield place


async def test_a_full_disk_is_named_and_nothing_stays(disk: Path, tmp_path: Path) -> None:
    store = BlobStore((disk / "blobs").as_uri())
    with pytest.raises(StorageFull, match="nothing was kept"):
        await store.put_stream(
            blob_key(TENANT, "test", "large"), stream(*[b"x" * MIB for _ in range(12)])
        )
    assert files(disk) == []
    elsewhere = BlobStore((tmp_path / "blobs").as_uri())
    key = blob_key(TENANT, "test", "large")
    await elsewhere.put_stream(key, stream(*[b"x" * MIB for _ in range(12)]))
    with pytest.raises(StorageFull):
        await elsewhere.download(key, disk / "copy")
    assert files(disk) == []
