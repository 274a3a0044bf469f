"""How a process of the platform listens, follows its supervisor and ends."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

import uvicorn
from starlette.types import ASGIApp

_GRACE = 10


class PortUnavailable(Exception):
    """The address cannot be listened on; the message says what to change."""


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes a free one. Raises PortUnavailable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(2048)
    except OSError as error:
        sock.close()
        raise PortUnavailable(
            f"Cannot listen on {host}:{port}: {error.strerror}. Another program may be using the "
            f"port; choose one with --port, for example --port {port + 1 if port else 5001}."
        ) from error
    return sock


def inherited(descriptor: int) -> socket.socket:
    """The listening socket that the supervisor opened."""
    return socket.socket(fileno=descriptor)


def serve(app: ASGIApp, sock: socket.socket) -> None:
    """Answer requests on `sock` until SIGTERM or SIGINT; requests under way get ten seconds."""
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run(sockets=[sock])


def follow_supervisor() -> None:
    """End this process when its standard input closes, which the death of the supervisor does.

    A pipe tells even of a `kill -9`; the supervisor never writes to it.
    """

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor", daemon=True).start()
