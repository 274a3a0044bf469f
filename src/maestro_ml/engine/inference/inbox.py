"""Takes requests from a socket: all that wait, not one at a time."""

from __future__ import annotations

import select
import socket
import struct

FRAME = struct.Struct("!IB")
"""Length and kind of what follows."""

_CHUNK = 1 << 18
# Together they must not keep the first of them waiting.
_MAX_REQUESTS = 32
_MAX_BYTES = 1 << 18


class Inbox:
    """The requests on `connection`, in their order."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = bytearray()

    def take(self) -> list[bytes]:
        """Wait for a request, and take the small ones that wait behind it; empty at the end."""
        taken: list[bytes] = []
        size = 0
        while len(taken) < _MAX_REQUESTS and size < _MAX_BYTES:
            body = self._next(wait=not taken)
            if body is None:
                break
            taken.append(body)
            size += len(body)
        return taken

    def _next(self, *, wait: bool) -> bytes | None:
        while (body := self._unpack()) is None:
            if not wait and not select.select([self._connection], [], [], 0)[0]:
                return None
            chunk = self._connection.recv(_CHUNK)
            if not chunk:
                return None
            self._received += chunk
        return body

    def _unpack(self) -> bytes | None:
        if len(self._received) < FRAME.size:
            return None
        length, _ = FRAME.unpack_from(self._received)
        end = FRAME.size + length
        if len(self._received) < end:
            return None
        body = bytes(self._received[FRAME.size : end])
        del self._received[:end]
        return body
