"""Uploads on their way: a file in a folder of its own, which is gone when the work is done."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from maestro_ml.server.blobs import disk_failures
from maestro_ml.server.datasets.errors import UploadTooLarge

_WRITE_BYTES = 1 << 20


class Spool:
    """A folder for uploads of at most `max_bytes` each."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def require_room(self, declared_bytes: int | None) -> None:
        """Raise UploadTooLarge for an upload that says itself that it is."""
        if declared_bytes is not None and declared_bytes > self._max_bytes:
            raise UploadTooLarge(
                f"An upload has at most {self._max_bytes:,} bytes here. Compress the file, split it, "
                "or ask your administrator to raise MAESTRO_UPLOAD_MAX_BYTES."
            )

    @asynccontextmanager
    async def received(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[Path]:
        """The bytes of `chunks` as a file, alone in its folder; both are deleted on the way out.

        Raises UploadTooLarge, StorageFull, and whatever `chunks` raises.
        """
        with disk_failures():
            self._folder.mkdir(parents=True, exist_ok=True)
            workspace = Path(tempfile.mkdtemp(prefix="upload-", dir=self._folder))
        try:
            path = workspace / "upload"
            await self._write(path, chunks)
            yield path
        finally:
            await asyncio.to_thread(shutil.rmtree, workspace, ignore_errors=True)

    async def _write(self, path: Path, chunks: AsyncIterator[bytes]) -> None:
        size, pending = 0, bytearray()
        with disk_failures(), path.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                self.require_room(size)
                pending += chunk
                if len(pending) >= _WRITE_BYTES:
                    await asyncio.to_thread(file.write, pending)
                    pending = bytearray()
            await asyncio.to_thread(file.write, pending)

    def purge(self, *, before: datetime) -> None:
        """Delete what killed processes left before `before`."""
        for path in self._folder.glob("upload-*"):
            if path.stat().st_mtime < before.timestamp():
                shutil.rmtree(path, ignore_errors=True)
