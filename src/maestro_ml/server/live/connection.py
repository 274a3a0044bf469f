"""One connection: its subscriptions, each a task, and one message at a time on the way out."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import structlog
from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from maestro_ml.contracts.live import (
    Heartbeat,
    LiveProblem,
    ServerMessage,
    Subscribe,
    client_messages,
)
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.errors import MaestroError, RateLimited, Unavailable
from maestro_ml.server.kernel.http import Limiter, Tier, as_maestro_error
from maestro_ml.server.live.feeds import PERMISSIONS, Feeds

log = structlog.get_logger()
_MOST = 100
_QUIET_SECONDS = 15.0
_SLOW_SECONDS = 60.0
_AWAY_SECONDS = 1.0


class LiveConnection:
    """What one caller follows.

    A message is read from the database when the one before is on its way, so a slow reader holds up
    nobody and fills no memory; one that takes nothing for a minute is cut off. To connect and to
    subscribe count as requests.
    """

    def __init__(self, socket: WebSocket, context: Context, feeds: Feeds, limiter: Limiter) -> None:
        limiter.hit(Tier.API, f"user:{context.actor.id}")
        self._limiter = limiter
        self._socket = socket
        self._context = context
        self._feeds = feeds
        self._following: dict[str, tuple[Subscribe, asyncio.Task[None]]] = {}
        self._sending = asyncio.Lock()
        self._last_sent = time.monotonic()

    async def serve(self) -> None:
        """Do what the caller asks, until it is gone. Raises WebSocketDisconnect."""
        heart = asyncio.create_task(self._beat())
        try:
            while True:
                try:
                    text = await self._socket.receive_text()
                except KeyError:  # bytes
                    text = ""
                await self._obey(text)
        finally:
            tasks = [heart, *(task for _, task in self._following.values())]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def recheck(self, context: Context) -> None:
        """Go on as `context`. Raises PermissionMissing if it may not see what is followed."""
        for wanted, _ in self._following.values():
            context.require(PERMISSIONS[wanted.kind])
        self._context = context

    async def send(self, message: ServerMessage) -> None:
        """Send one message. Raises WebSocketDisconnect."""
        async with self._sending:
            try:
                await asyncio.wait_for(
                    self._socket.send_text(message.model_dump_json()), _SLOW_SECONDS
                )
            except (RuntimeError, TimeoutError) as error:
                raise WebSocketDisconnect(1013, "too slow") from error
            self._last_sent = time.monotonic()

    async def _obey(self, text: str) -> None:
        try:
            message = client_messages.validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            told = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            await self.send(LiveProblem(id=None, code="live.message_malformed", detail=told))
            return
        if isinstance(message, Subscribe):
            await self._subscribe(message)
        elif message.id in self._following:
            _, task = self._following.pop(message.id)
            task.cancel()

    async def _subscribe(self, wanted: Subscribe) -> None:
        if wanted.id in self._following:
            told = (
                "This connection has a subscription with this id. End it first, or choose another."
            )
            await self.send(LiveProblem(id=None, code="live.id_taken", detail=told))
        elif len(self._following) >= _MOST:
            told = f"A connection follows at most {_MOST} things. Open another one."
            await self.send(LiveProblem(id=wanted.id, code="live.too_many", detail=told))
        else:
            try:
                self._limiter.hit(Tier.API, f"user:{self._context.actor.id}")
            except RateLimited as refusal:
                problem = LiveProblem(id=wanted.id, code=refusal.code, detail=refusal.detail)
                await self.send(problem)
                return
            task = asyncio.create_task(self._follow(wanted), name=f"follow {wanted.kind}")
            self._following[wanted.id] = wanted, task

    async def _follow(self, wanted: Subscribe) -> None:
        try:
            await self._pass_on(wanted)
        except WebSocketDisconnect:
            # The reader of the socket hears of it as well, and ends everything.
            with suppress(RuntimeError):
                await self._socket.close(1013)
        except Exception as error:
            problem = as_maestro_error(error)
            if problem is None:
                log.error("live.feed.failed", kind=wanted.kind, exc_info=error)
                problem = MaestroError("This is a defect of the server; its log has the details.")
            await self._tell(LiveProblem(id=wanted.id, code=problem.code, detail=problem.detail))
        finally:
            current = self._following.get(wanted.id)
            if current is not None and current[1] is asyncio.current_task():
                del self._following[wanted.id]

    async def _pass_on(self, wanted: Subscribe) -> None:
        """Send what happens; while PostgreSQL is away, wait and go on from there."""
        while True:
            try:
                async for message in self._feeds.follow(self._context, wanted):
                    await self.send(message)
                    wanted = wanted.model_copy(update={"cursor": message.cursor})
                return
            except Exception as error:
                if not isinstance(as_maestro_error(error), Unavailable):
                    raise
            await asyncio.sleep(_AWAY_SECONDS)

    async def _tell(self, problem: LiveProblem) -> None:
        with suppress(WebSocketDisconnect):
            await self.send(problem)

    async def _beat(self) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                quiet = time.monotonic() - self._last_sent
                if quiet >= _QUIET_SECONDS:
                    await self.send(Heartbeat())
                    quiet = 0.0
                await asyncio.sleep(_QUIET_SECONDS - quiet)
