"""Files of any size, up and down, in constant memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import httpx

Progress = Callable[[int, int | None], None]
"""Called with the bytes moved so far and the bytes in all (None while unknown)."""

CHUNK = 1 << 20


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The file at a path, closed afterwards, or the open file itself."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        yield source


class Upload:
    """The bytes of an open file from its present position; iterating again starts over."""

    def __init__(self, source: BinaryIO, progress: Progress | None = None) -> None:
        self._source = source
        self._progress = progress
        self._start = source.tell() if source.seekable() else None
        self._touched = False

    @property
    def size(self) -> int | None:
        """The bytes to send, None for a pipe."""
        if self._start is None:
            return None
        end = self._source.seek(0, os.SEEK_END)
        self._source.seek(self._start)
        return end - self._start

    @property
    def can_restart(self) -> bool:
        """Whether every byte is still there: a pipe is gone once it has been read."""
        return self._start is not None or not self._touched

    def __iter__(self) -> Iterator[bytes]:
        size = self.size
        sent = 0
        self._touched = True
        while chunk := self._source.read(CHUNK):
            yield chunk
            sent += len(chunk)
            if self._progress:
                self._progress(sent, size)


def save(response: httpx.Response, target: Path, progress: Progress | None = None) -> Path:
    """Write the body of `response` to `target`, which appears whole or not at all."""
    total = int(response.headers["content-length"]) if _is_plain(response) else None
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    try:
        with partial.open("xb") as file:
            for chunk in response.iter_bytes(CHUNK):
                file.write(chunk)
                if progress:
                    progress(file.tell(), total)
        return partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _is_plain(response: httpx.Response) -> bool:
    return "content-length" in response.headers and "content-encoding" not in response.headers
