"""Hot endpoints: plain ASGI callables with the same permission, errors and headers as all others.

FastAPI costs five times a bare answer; these few paths are asked thousands of times a second.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import structlog
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.errors import InvalidInput, MaestroError, TooLarge
from maestro_ml.server.kernel.http.edge import Demand, Edge, Tier
from maestro_ml.server.kernel.http.problem import MEDIA_TYPE, as_maestro_error, problem_body

log = structlog.get_logger()
MAX_BODY = 16 * 1024**2


@dataclass(slots=True)
class HotRequest:
    """What a hot handler gets: who asks, the path's parts, and the query or body on demand."""

    maybe_context: Context | None
    scope: Scope
    receive: Receive
    path: dict[str, str]

    @property
    def context(self) -> Context:
        """The caller's context; a RuntimeError on a public route, which has no caller."""
        if self.maybe_context is None:
            raise RuntimeError("a public route has no caller")
        return self.maybe_context

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; the last of equal names wins."""
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1")))

    async def body(self) -> bytes:
        """The whole body, at most 16 MiB. Raises TooLarge, or InvalidInput if the client went away."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in self.stream():
            size += len(chunk)
            if size > MAX_BODY:
                raise TooLarge(f"A body here has at most {MAX_BODY:,} bytes; send it in parts.")
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def stream(self) -> AsyncIterator[bytes]:
        """The body as it comes, of any length. Raises InvalidInput if the client went away."""
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise InvalidInput("The client closed the connection before the body was complete.")
            yield message.get("body", b"")
            if not message.get("more_body"):
                return


@dataclass(frozen=True, slots=True)
class HotResponse:
    """Bytes that are ready to go out; with `chunks` instead of `body`, `headers` tell the length."""

    body: bytes = b""
    status: int = 200
    media_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    chunks: AsyncIterator[bytes] | None = None


def problem_response(error: MaestroError, request_id: str | None) -> HotResponse:
    """`error` as a problem document."""
    return HotResponse(problem_body(error, request_id), error.status, MEDIA_TYPE.encode())


@dataclass(frozen=True, slots=True)
class HotRoute:
    """One hot endpoint; `path` is exact, or has parts `{name}` and, with slashes, `{name:path}`.

    `tag`, `takes` and `answers` are for the API reference; without a tag it is not told of there.
    `on_error` is how a refusal looks: a foreign protocol has a form of its own.
    """

    method: str
    path: str
    handler: Callable[[HotRequest], Awaitable[HotResponse]]
    permission: Demand
    tier: Tier = Tier.API
    tag: str = ""
    takes: type[BaseModel] | None = None
    answers: type[BaseModel] | None = None
    on_error: Callable[[MaestroError, str | None], HotResponse] = problem_response


@dataclass
class HotRoutes:
    """An ASGI application that answers its routes and hands every other request to `rest`."""

    routes: list[HotRoute]
    edge: Edge
    rest: ASGIApp
    _exact: dict[tuple[str, str], HotRoute] = field(default_factory=dict)
    _patterns: dict[str, list[tuple[re.Pattern[str], HotRoute]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for route in self.routes:
            if "{" in route.path:
                patterns = self._patterns.setdefault(route.method, [])
                patterns.append((_pattern(route.path), route))
            else:
                self._exact[route.method, route.path] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            route = self._exact.get((scope["method"], scope["path"]))
            parts: dict[str, str] = {}
            if route is None:
                route, parts = self._match(scope["method"], scope["path"])
            if route is not None:
                return await self._answer(route, parts, scope, receive, send)
        return await self.rest(scope, receive, send)

    def _match(self, method: str, path: str) -> tuple[HotRoute | None, dict[str, str]]:
        for pattern, route in self._patterns.get(method, ()):
            if match := pattern.match(path):
                return route, match.groupdict()
        return None, {}

    async def _answer(
        self, route: HotRoute, parts: dict[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        headers: list[tuple[bytes, bytes]] = []
        scope["route_path"] = route.path
        try:
            context = await self.edge.admit(scope, route.permission, route.tier)
            response = await route.handler(HotRequest(context, scope, receive, parts))
        except Exception as error:
            known = as_maestro_error(error)
            if known is None:
                log.error("http.request.failed", exc_info=error, path=scope["path"])
                known = MaestroError("This is a defect of the server; its log has the details.")
            response = route.on_error(known, scope["state"].get("request_id"))
            headers = [(k.lower().encode(), v.encode()) for k, v in known.headers.items()]
        await _send(response, headers, receive, send)


async def _send(
    response: HotResponse, headers: list[tuple[bytes, bytes]], receive: Receive, send: Send
) -> None:
    own = {name for name, _ in response.headers}
    headers = [each for each in headers if each[0] not in own]
    headers += [(b"content-type", response.media_type), *response.headers]
    if response.chunks is None:
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.chunks is not None:
        await _send_chunks(response.chunks, receive, send)
    await send({"type": "http.response.body", "body": response.body})


async def _send_chunks(chunks: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """Send `chunks` for as long as somebody is there to read them."""
    gone = asyncio.ensure_future(_disconnect(receive))
    try:
        async for chunk in chunks:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        gone.cancel()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _pattern(path: str) -> re.Pattern[str]:
    whole = re.sub(r"{(\w+):path}", r"(?P<\1>.+)", path)
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", whole) + r"\Z")
