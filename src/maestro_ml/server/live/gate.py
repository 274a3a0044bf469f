"""`/api/v1/ws`: lets callers in, and out again when their credentials end."""

from __future__ import annotations

import asyncio

import structlog
from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from maestro_ml.contracts.live import LiveLogin, Ready
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.errors import MaestroError, Unauthenticated, Unavailable
from maestro_ml.server.kernel.http import Authenticator, Limiter, as_maestro_error
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.live.connection import LiveConnection
from maestro_ml.server.live.feeds import Feeds

log = structlog.get_logger()
_LOGIN_SECONDS = 10.0
_RECHECK_SECONDS = 3.0

_CLOSE = {401: 4401, 403: 4403, 429: 4429}
"""The status of a refusal as a code with which a connection is closed; 1011 for all others."""


class LiveGate:
    """The endpoint; each connection is one caller's."""

    def __init__(self, authenticator: Authenticator, limiter: Limiter, feeds: Feeds) -> None:
        self._authenticator = authenticator
        self._limiter = limiter
        self._feeds = feeds

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until either side ends it."""
        await socket.accept()
        try:
            authorization = socket.headers.get("authorization") or await _login(socket)
            context = await self._authenticate(authorization)
            connection = LiveConnection(socket, context, self._feeds, self._limiter)
            await connection.send(Ready())
            await self._serve_admitted(connection, authorization)
        except WebSocketDisconnect:
            pass
        except MaestroError as refusal:
            await _close(socket, refusal)

    async def _serve_admitted(self, connection: LiveConnection, authorization: str) -> None:
        """Serve until the caller goes, or may not be here any more."""
        serving = asyncio.create_task(connection.serve(), name="live connection")
        watching = asyncio.create_task(self._watch(connection, authorization))
        try:
            await asyncio.wait([serving, watching], return_when=asyncio.FIRST_COMPLETED)
        finally:
            serving.cancel()
            watching.cancel()
            ends = await asyncio.gather(serving, watching, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _watch(self, connection: LiveConnection, authorization: str) -> None:
        """Raise Unauthenticated or PermissionMissing soon after a revocation or an expiry."""
        while True:
            await asyncio.sleep(_RECHECK_SECONDS)
            try:
                connection.recheck(await self._authenticate(authorization))
            except Exception as error:
                # While PostgreSQL is away nobody can be asked; nothing is sent meanwhile either.
                if not isinstance(as_maestro_error(error), Unavailable):
                    raise

    async def _authenticate(self, authorization: str) -> Context:
        return await self._authenticator.authenticate(authorization, str(new_id()))


async def _login(socket: WebSocket) -> str:
    """The Authorization that the first message stands for."""
    try:
        text = await asyncio.wait_for(socket.receive_text(), _LOGIN_SECONDS)
        return f"Bearer {LiveLogin.model_validate_json(text).token.get_secret_value()}"
    except (TimeoutError, ValidationError, KeyError) as error:
        raise Unauthenticated(
            'Send {"type": "login", "token": "…"} first, or an Authorization header.'
        ) from error


async def _close(socket: WebSocket, refusal: MaestroError) -> None:
    try:
        await socket.close(_CLOSE.get(refusal.status, 1011), refusal.code)
    except (RuntimeError, WebSocketDisconnect):
        log.debug("live.closed_already", code=refusal.code)
