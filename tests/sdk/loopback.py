"""A real HTTP server on 127.0.0.1 that answers as a test has scripted."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Loopback:
    """`script` says what the next requests get; the last answer repeats."""

    url: str
    seen: list[Seen] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def script(self, *answers: Answer) -> None:
        self.answers[:] = answers

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def reply(
    body: object = None, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """JSON with a status."""
    content = b"" if body is None else json.dumps(body).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def problem(
    status: int,
    code: str = "test.problem",
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Answer:
    """A problem document."""
    body = {
        "type": f"urn:maestro:error:{code}",
        "code": code,
        "title": "It failed",
        "status": status,
        "detail": "It failed. Do the other thing.",
        "request_id": "req-12345678",
        **more,
    }
    return reply(body, status, {"Content-Type": "application/problem+json", **(headers or {})})


def content(body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Bytes with their length."""
    return truncated(body, len(body), headers)


def truncated(body: bytes, claimed: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Bytes that are fewer than `claimed`, then the end of the connection."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(claimed))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = claimed != len(body)

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    """Wait until the client has had enough."""
    handler.rfile.read(1)
    handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loopback: Loopback

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self._read_body()
        self.loopback.seen.append(
            Seen(self.command, parts.path, parse_qsl(parts.query), dict(self.headers), body)
        )
        self.loopback.next()(self)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve() -> Iterator[Loopback]:
    """A loopback server for the length of a test."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    loopback = Loopback(f"http://127.0.0.1:{server.server_port}")
    handler.loopback = loopback  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield loopback
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
