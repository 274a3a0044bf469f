"""The built web UI: its files with lasting caches, and its one page for every address of the application.

The API keeps precedence: only a browser that navigates, and only outside the API's own paths, is given
the page. Files are compressed when they are built, so nothing is compressed here.
"""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
# First parts of paths that belong to the API and to MLflow's protocol; a mistyped one stays a 404.
_API = frozenset(
    {
        "ajax-api",
        "api",
        "docs",
        "get-artifact",
        "graphql",
        "health",
        "metrics",
        "model-versions",
        "openapi.json",
        "version",
    }
)
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "frame-src": "'self' blob:",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_PAGE_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in _POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NOT_BUILT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Maestro</title>"
    "<h1>The web UI is not built here</h1><p>This is a checkout without a built UI. Run "
    "<code>make ui</code> and start the server again. Everything else works: see the "
    "<a href='{base}/docs'>API reference</a>.</p>"
)


class WebUI:
    """Serves the files below `folder`, and hands every other request to `app`.

    `base_path` ("/maestro", or empty) is where a reverse proxy shows the whole server, API included.
    """

    def __init__(self, app: ASGIApp, folder: Path = STATIC, *, base_path: str = "") -> None:
        self._app = app
        self._folder = folder
        self._base = base_path
        self._files = frozenset(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        )
        self._page = self._read_page()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._base and scope["type"] in ("http", "websocket"):
            if scope["path"] == self._base:
                return await RedirectResponse(f"{self._base}/", 308)(scope, receive, send)
            scope = {**scope, "path": _below(self._base, scope["path"])}
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            response = await self._find(scope)
            if response is not None:
                return await response(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _find(self, scope: Scope) -> Response | None:
        path, headers = scope["path"].removeprefix("/"), Headers(scope=scope)
        if path in self._files and path != "index.html":
            return await self._file(path, headers)
        first = path.partition("/")[0]
        if first in _API or "text/html" not in headers.get("accept", ""):
            return None
        if "index.html" in self._files or not path:
            return self._answer_page(headers)
        return None

    def _read_page(self) -> bytes:
        base = escape(self._base, quote=True)
        if "index.html" not in self._files:
            return _NOT_BUILT.format(base=base).encode()
        page = (self._folder / "index.html").read_text()
        return page.replace('<base href="/" />', f'<base href="{base}/" />').encode()

    def _answer_page(self, headers: Headers) -> Response:
        tag = f'"{hashlib.sha256(self._page).hexdigest()[:32]}"'
        known = headers.get("if-none-match") == tag
        return Response(
            b"" if known else self._page,
            status_code=304 if known else 200,
            media_type="text/html",
            headers={**_PAGE_HEADERS, "ETag": tag},
        )

    async def _file(self, path: str, headers: Headers) -> Response:
        accepted = {
            each.partition(";")[0].strip() for each in headers.get("accept-encoding", "").split(",")
        }
        found = {
            "Vary": "Accept-Encoding",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        # Only what Vite builds has the hash of its content in its name.
        lasting = path.startswith("assets/")
        found["Cache-Control"] = (
            "public, max-age=31536000, immutable" if lasting else "max-age=3600"
        )
        stored = path
        for encoding, ending in _ENCODINGS:
            if encoding in accepted and path + ending in self._files:
                stored, found["Content-Encoding"] = path + ending, encoding
                break
        body = await asyncio.to_thread((self._folder / stored).read_bytes)
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Response(body, media_type=media_type, headers=found)


def _below(base: str, path: str) -> str:
    """`path` without `base`; a proxy that takes it off itself leaves nothing to do."""
    return path.removeprefix(base) if path.startswith(f"{base}/") else path
