"""Just enough HTTP/1.1 for a load generator: it must not take the cores that the servers need.

A connection costs 30 to 60 µs of CPU a request, a tenth of what an HTTP library does.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)")
_RETRY_AFTER = re.compile(rb"\r\nretry-after:\s*(\d+)")


class Closed(Exception):
    """The server closed the connection before it had answered."""


class Answer:
    """A status with its body; `retry_after` in seconds if the server said so."""

    __slots__ = ("body", "retry_after", "status")

    def __init__(self, status: int, body: bytes, retry_after: int | None) -> None:
        self.status = status
        self.body = body
        self.retry_after = retry_after


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request in flight."""

    def __init__(self) -> None:
        self.alive = False
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = bytearray()
        self._body_at = -1
        self._length: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass of it
        self.alive = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.alive = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Closed(str(exc or "closed")))

    def send(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a whole request; the answer comes in the future."""
        assert self._transport is not None
        self._received = bytearray()
        self._body_at, self._length = -1, None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        """Cut the connection."""
        self.alive = False
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._body_at < 0:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._body_at = end + 4
            found = _LENGTH.search(self._received[:end].lower())
            self._length = int(found.group(1)) if found else None
        if self._length is not None:
            if len(self._received) - self._body_at >= self._length:
                self._finish(bytes(self._received[self._body_at :]))
        elif self._received.endswith(b"0\r\n\r\n"):
            self._finish(_unchunked(bytes(self._received[self._body_at :])))

    def _finish(self, body: bytes) -> None:
        head = bytes(self._received[: self._body_at]).lower()
        waiting, self._waiting = self._waiting, None
        if b"\r\nconnection: close" in head:
            self.close()
        if waiting is not None and not waiting.done():
            wait = _RETRY_AFTER.search(head)
            status = int(head[9:12])
            waiting.set_result(Answer(status, body, int(wait.group(1)) if wait else None))


class Server:
    """The address of a server and the headers that every request to it carries."""

    def __init__(self, url: str, token: str | None = None) -> None:
        address = urlsplit(url)
        self.url = url
        self._host, self._port = address.hostname or "", address.port or 80
        lines = [f"Host: {address.netloc}", "Accept: */*"]
        lines += [f"Authorization: Bearer {token}"] if token else []
        self._headers = ("\r\n".join(lines) + "\r\n").encode()

    async def connect(self) -> Connection:
        """A new connection."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, self._host, self._port)
        return connection

    def request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The bytes of a request; a body is JSON."""
        head = f"{method} {path} HTTP/1.1\r\n".encode() + self._headers
        if body is None:
            return head + b"\r\n"
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head + kind.encode() + body


def _unchunked(raw: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        end = raw.find(b"\r\n", at)
        size = int(raw[at:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(raw[end + 2 : end + 2 + size])
        at = end + 4 + size
