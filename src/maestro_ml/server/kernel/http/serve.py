"""uvicorn, as every process of the platform runs it."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

_GRACE = 10
_LONGEST_MESSAGE = 64 * 1024


def serve(app: ASGIApp, sock: socket.socket) -> None:
    """Answer requests on `sock` until SIGTERM or SIGINT; requests under way get ten seconds."""
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=75,
        ws_max_size=_LONGEST_MESSAGE,
    )
    uvicorn.Server(config).run(sockets=[sock])
