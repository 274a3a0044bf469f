"""Live updates over `/api/v1/ws`, which go on by themselves after a cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from maestro_ml.contracts.live import (
    FeedMessage,
    Heartbeat,
    LiveProblem,
    Ready,
    Subscribe,
    server_messages,
)
from maestro_ml.sdk import errors
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import is_on_this_machine

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

_SILENCE_SECONDS = 60.0
"""Longer than four heartbeats: then the connection is dead, whatever it says."""
_PATIENCE_SECONDS = 300.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0
_MAX_MESSAGE = 64 * 1024**2
_TRANSIENT = (
    errors.ConnectionFailed,
    errors.Timeout,
    errors.ServerError,
    errors.RateLimited,
)


class LiveFeed:
    """One subscription; `check` asks for its target over REST, and so tells why it cannot be followed."""

    def __init__(
        self, transport: Transport, wanted: Subscribe, check: Callable[[], object]
    ) -> None:
        self._transport = transport
        self._wanted = wanted
        self._check = check

    def messages(self) -> Iterator[FeedMessage]:
        """What happens from now on, without end; a cut is healed for five minutes.

        Raises what `check` raises, and ConnectionFailed.
        """
        self._check()
        heard, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            for message in self._connected():
                heard, pause = time.monotonic(), _FIRST_PAUSE
                self._wanted = self._wanted.model_copy(update={"cursor": message.cursor})
                yield message
            self._check_after_cut(time.monotonic() - heard)
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE, 2 * pause)

    def _check_after_cut(self, seconds: float) -> None:
        """Raise if it was no accident: logged out, forbidden, gone; or if it lasts too long."""
        try:
            self._check()
        except _TRANSIENT:
            if seconds > _PATIENCE_SECONDS:
                raise
        if seconds > _PATIENCE_SECONDS:
            raise errors.ConnectionFailed(
                f"{self._transport.url} answers, but gives no live updates.",
                "Check that the proxy in front of it passes WebSockets on.",
            )

    def _connected(self) -> Iterator[FeedMessage]:
        """What one connection brings; ends with it."""
        # Only who follows something pays for the import.
        from websockets.exceptions import WebSocketException  # noqa: PLC0415

        # A time-out is an OSError, too.
        with suppress(OSError, WebSocketException), self._connect() as connection:
            connection.send(self._wanted.model_dump_json())
            while True:
                message = server_messages.validate_json(connection.recv(_SILENCE_SECONDS))
                if isinstance(message, LiveProblem):
                    self._check()
                    raise errors.UnexpectedAnswer(f"{message.detail} ({message.code})")
                if not isinstance(message, Ready | Heartbeat):
                    yield message

    def _connect(self) -> ClientConnection:
        from websockets.sync.client import connect  # noqa: PLC0415

        url = self._transport.url
        secret = self._transport.bearer.secret
        return connect(
            "ws" + url.removeprefix("http") + "/api/v1/ws",
            additional_headers={"Authorization": f"Bearer {secret}"} if secret else None,
            proxy=None if is_on_this_machine(url) else True,
            max_size=_MAX_MESSAGE,
        )
