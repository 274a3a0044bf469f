"""How a process of the platform listens, follows its supervisor, and is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading


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


def follow_supervisor() -> None:
    """End this process when its standard input closes, which the death of the supervisor does.

    A pipe tells even of a `kill -9`; the supervisor never writes to it.
    """

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor", daemon=True).start()


def stop_on_signal() -> asyncio.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
