"""The wire to a model's process: frames out, frames in, answers in the order of the questions."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import deque
from collections.abc import Callable
from typing import cast

FRAME = struct.Struct("!IB")
"""Length and kind, as `maestro_ml.engine.inference.inbox` has it."""

Reply = tuple[int, bytes]


class RunnerGone(Exception):
    """The process ended before it answered; `working` says whether it was at work on this request."""

    def __init__(self, *, working: bool) -> None:
        super().__init__("the model's process ended")
        self.working = working


class RunnerConnection(asyncio.Protocol):
    """One end of a socket pair."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiting: deque[asyncio.Future[Reply]] = deque()
        self._head_since = 0.0

    @property
    def waiting(self) -> int:
        """Requests without an answer yet."""
        return len(self._waiting)

    @property
    def head_seconds(self) -> float:
        """How long the process has been at work on the oldest of them."""
        return time.monotonic() - self._head_since

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def expect(self) -> asyncio.Future[Reply]:
        """The next answer."""
        if self._transport is None:
            raise RunnerGone(working=False)
        future = asyncio.get_running_loop().create_future()
        if not self._waiting:
            self._head_since = time.monotonic()
        self._waiting.append(future)
        return future

    def ask(self, body: bytes) -> asyncio.Future[Reply]:
        """Send a request; its answer. Raises RunnerGone."""
        future = self.expect()
        assert self._transport is not None
        self._transport.write(FRAME.pack(len(body), 0) + body)
        return future

    def is_head(self, future: asyncio.Future[Reply]) -> bool:
        """Whether the process is at work on this request."""
        return bool(self._waiting) and self._waiting[0] is future

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= FRAME.size:
            length, kind = FRAME.unpack_from(self._received)
            end = FRAME.size + length
            if len(self._received) < end:
                return
            body = bytes(self._received[FRAME.size : end])
            del self._received[:end]
            self._head_since = time.monotonic()
            future = self._waiting.popleft()
            if not future.done():
                future.set_result((kind, body))

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # why it ended makes no difference
        self._transport = None
        waiting, self._waiting = self._waiting, deque()
        for position, future in enumerate(waiting):
            if not future.done():
                future.set_exception(RunnerGone(working=position == 0))
        self._on_lost()

    def close(self) -> None:
        """Say that no more requests come; the process ends when it has answered all."""
        if self._transport is not None:
            self._transport.close()
