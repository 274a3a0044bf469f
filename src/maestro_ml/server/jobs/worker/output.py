"""A job's output on its way to the database: in order, bounded in memory and in all."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Mapping
from datetime import datetime

from maestro_ml.server.kernel.clock import now

Chunk = tuple[int, datetime, str, str]
"""Number, time, stream, text."""

MOST_BYTES = 64 * 1024**2
_READ = 64 * 1024
_WAITING = 1024**2
_NOTICE = f"\n[The log is full: what follows the first {MOST_BYTES // 1024**2} MiB is not kept.]\n"


class Output:
    """Collects what streams say; a child that writes faster than we store has to wait."""

    def __init__(self, *, seq: int, size: int) -> None:
        self.seq = seq
        self.size = size
        self._chunks: list[Chunk] = []
        self._taken = 0
        self._waiting = 0
        self._room = asyncio.Event()
        self._room.set()

    async def pump(self, stream: str, reader: asyncio.StreamReader) -> None:
        """Take in one stream until its end."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while data := await reader.read(_READ):
            self.add(stream, decoder.decode(data))
            await self._room.wait()
        self.add(stream, decoder.decode(b"", final=True))

    def add(self, stream: str, text: str) -> None:
        """Append `text`, or the notice that the log is full."""
        text = text.replace("\x00", "\ufffd")  # PostgreSQL has no place for it
        if not text or self.size >= MOST_BYTES:
            return
        self.size += len(text.encode())
        if self.size >= MOST_BYTES:
            text += _NOTICE
        last = self._chunks[-1] if len(self._chunks) > self._taken else None
        if last is not None and last[2] == stream and len(last[3]) < _READ:
            self._chunks[-1] = (last[0], last[1], stream, last[3] + text)
        else:
            self.seq += 1
            self._chunks.append((self.seq, now(), stream, text))
        self._waiting += len(text)
        if self._waiting > _WAITING:
            self._room.clear()

    def take(self) -> list[Chunk]:
        """What is new; it comes again until it is `stored`, and grows no more."""
        self._taken = len(self._chunks)
        return list(self._chunks)

    def stored(self, chunks: list[Chunk]) -> None:
        """`chunks` are safe."""
        del self._chunks[: len(chunks)]
        self._taken -= len(chunks)
        self._waiting = sum(len(chunk[3]) for chunk in self._chunks)
        self._room.set()


async def pump_all(output: Output, streams: Mapping[str, asyncio.StreamReader]) -> None:
    """Take in all streams until their ends."""
    await asyncio.gather(*(output.pump(name, reader) for name, reader in streams.items()))
