"""The native tracking API: latency over a bare ASGI answer, and how much can be logged in a second.

    python -m bench.tracking_native [--seconds S] [--url URL --token TOKEN]

Without a URL it serves a fresh installation of its own, with fsync and row-level security as always,
and measures `GET /api/v1/experiments` against a bare ASGI answer of the same process, request by
request in turn, from one client with one raw socket. With a URL there is no bare answer to compare with.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from maestro_ml.server.app import create_app
from maestro_ml.server.installation import open_installation
from maestro_ml.server.kernel.http.serve import serve
from maestro_ml.server.kernel.process import inherited, listen
from maestro_ml.server.kernel.settings import Settings, read_settings
from maestro_ml.server.kernel.telemetry import configure_logging
from maestro_ml.server.wiring import wire

BARE = "/bare"
ROUNDS = 3000


class WithBareAnswer:
    """The platform's application, and beside it the least that an ASGI server can answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != BARE:
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


class Client:
    """One keep-alive connection that speaks just enough HTTP, so that it costs next to nothing."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self._head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
        self._socket = socket.create_connection((address.hostname, address.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, method: str, path: str, body: object = None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        self._socket.sendall(
            f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        status = self._file.readline().split()[1]
        length = 0
        while (line := self._file.readline()) != b"\r\n":
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        answer = self._file.read(length)
        if not status.startswith(b"2"):
            raise RuntimeError(f"{method} {path}: {answer.decode()}")
        return answer


def latencies(actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median milliseconds of each action, taken in turn so that all see the same machine."""
    seen: dict[str, list[float]] = {name: [] for name in actions}
    for round_number in range(ROUNDS):
        for name, action in actions.items():
            begin = time.perf_counter()
            action()
            if round_number >= ROUNDS // 10:
                seen[name].append((time.perf_counter() - begin) * 1000)
    return {name: statistics.median(times) for name, times in seen.items()}


async def throughput(
    url: str, token: str, paths: list[str], body: Callable[[int], object], seconds: float
) -> float:
    """Requests in a second from one client per path."""
    numbers = itertools.count()
    end = time.perf_counter() + seconds

    async def client(path: str) -> int:
        opened = AsyncClient(url, token)
        done = 0
        while time.perf_counter() < end:
            await opened.send(path, body(next(numbers)))
            done += 1
        return done

    begin = time.perf_counter()
    counts = await asyncio.gather(*(client(path) for path in paths))
    return sum(counts) / (time.perf_counter() - begin)


class AsyncClient:
    """The same for many at once; only posts."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname, address.port
        self._head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, path: str, body: object) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        content = json.dumps(body).encode()
        writer.write(
            f"POST {path} HTTP/1.1\r\n{self._head}Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        answer = await reader.readexactly(length)
        if not head.startswith(b"http/1.1 2"):
            raise RuntimeError(f"POST {path}: {answer.decode()}")


def report(url: str, token: str, *, bare: bool, seconds: float) -> None:
    """Measure everything and print the table."""
    client = Client(url, token)
    run = json.loads(client.send("POST", "/api/v1/runs", {}))["id"]
    numbers = itertools.count()

    def metric(number: int) -> dict[str, object]:
        return {"key": "loss", "value": 1 / (number + 1), "step": number}

    actions: dict[str, Callable[[], object]] = {
        "GET /experiments": lambda: client.send("GET", "/api/v1/experiments"),
        "GET /runs/{id}": lambda: client.send("GET", f"/api/v1/runs/{run}"),
        "POST /runs/{id}/metrics": lambda: client.send(
            "POST", f"/api/v1/runs/{run}/metrics", metric(next(numbers))
        ),
    }
    if bare:
        actions = {"bare ASGI answer": lambda: client.send("GET", BARE), **actions}
    print(f"{'1 client':<40}{'median ms':>12}{'ratio':>8}")
    measured = latencies(actions)
    floor = measured.get("bare ASGI answer")
    for name, milliseconds in measured.items():
        ratio = f"{milliseconds / floor:.2f}" if floor else "-"
        print(f"{name:<40}{milliseconds:>12.3f}{ratio:>8}")
    print(f"\n{'logging':<40}{'requests/s':>12}{'points/s':>12}")
    for clients in (1, 16, 64, 256):
        rate = asyncio.run(
            throughput(url, token, _runs(client, clients, "metrics"), metric, seconds)
        )
        print(f"{f'one metric, {clients} clients':<40}{rate:>12,.0f}{rate:>12,.0f}")
    for name, keys in (("10 keys", 10), ("1,000 keys", 1000)):

        def batch(number: int, keys: int = keys) -> dict[str, object]:
            return {
                "metrics": [
                    {"key": f"k{i % keys}", "value": i / (number + 1), "step": number + i // keys}
                    for i in range(1000)
                ]
            }

        rate = asyncio.run(throughput(url, token, _runs(client, 8, "log-batch"), batch, seconds))
        print(f"{f'1,000 points of {name}, 8 clients':<40}{rate:>12,.0f}{rate * 1000:>12,.0f}")


def _runs(client: Client, count: int, what: str) -> list[str]:
    made = [json.loads(client.send("POST", "/api/v1/runs", {}))["id"] for _ in range(count)]
    return [f"/api/v1/runs/{run}/{what}" for run in made]


@contextmanager
def own_platform() -> Iterator[tuple[str, str]]:
    """URL and token of a fresh platform in a temporary home; one process, as `maestro server`."""
    home = Path(tempfile.mkdtemp(prefix="maestro-bench-"))
    home.chmod(0o711)
    installation = open_installation(Settings(home=home, log_level="error"))
    platform = wire(installation.settings)

    async def tenant() -> str:
        async with platform.running():
            return await platform.tenants.create(f"bench-{secrets.token_hex(4)}")

    token = asyncio.run(tenant())
    sock = listen("127.0.0.1", 0)
    environment = {
        **os.environ,
        "MAESTRO_HOME": str(home),
        "MAESTRO_DATABASE_URL": installation.database_url,
        "MAESTRO_AUTH_SECRET_KEY": installation.secret_key,
        "MAESTRO_LIMIT_API_PER_MINUTE": "100000000",
        "MAESTRO_LIMIT_INGEST_PER_MINUTE": "100000000",
        "MAESTRO_LOG_LEVEL": "error",
    }
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(sock.fileno())],
        env=environment,
        pass_fds=[sock.fileno()],
    )
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}", token
    finally:
        server.terminate()
        server.wait(30)
        installation.close()
        shutil.rmtree(home)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--url")
    parser.add_argument("--token")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve is not None:
        settings = read_settings()
        configure_logging(settings, "server")
        serve(WithBareAnswer(create_app(wire(settings))), inherited(arguments.serve))
    elif arguments.url:
        report(arguments.url, arguments.token, bare=False, seconds=arguments.seconds)
    else:
        with own_platform() as (url, token):
            report(url, token, bare=True, seconds=arguments.seconds)


if __name__ == "__main__":
    main()
