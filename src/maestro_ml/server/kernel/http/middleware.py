"""What happens to every request: an id, the security and rate-limit headers, one log line, metrics."""

from __future__ import annotations

import re
import time

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maestro_ml.server.kernel.http.edge import header
from maestro_ml.server.kernel.ids import new_id

log = structlog.get_logger()
_SAFE_ID = re.compile(r"^[A-Za-z0-9._\-]{8,100}$")
_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    # For whatever a browser takes for a page; the pages that are some bring their own.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"cache-control", b"no-store"),
]


class HttpMetrics:
    """Requests and their duration, by method, route and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "maestro_http_requests", "Requests answered", ["method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "maestro_http_request_seconds", "Time to answer", ["method"], registry=registry
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, status: int, seconds: float) -> None:
        """Count one request. The series are remembered: to name them costs more than to count."""
        known = self._known.get((method, status))
        if known is None:
            series = (self.requests.labels(method, str(status)), self.seconds.labels(method))
            known = self._known[method, status] = series
        requests, duration = known
        requests.inc()
        duration.observe(seconds)


class RequestMiddleware:
    """The outermost layer of the server and of the gateway."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = time.perf_counter()
        given = header(scope, b"x-request-id")
        request_id = given if _SAFE_ID.match(given) else str(new_id())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    *_missing(message["headers"]),
                    (b"x-request-id", request_id.encode()),
                    *(
                        (name.encode(), value.encode())
                        for name, value in state.get("rate_limit", {}).items()
                    ),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_headers)
            finally:
                self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"]
        self._metrics.observe(method, status, seconds)
        log.debug(
            "http.request.answered",
            method=method,
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 2),
        )


def _missing(present: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in present}
    return [(name, value) for name, value in _SECURITY_HEADERS if name not in names]
