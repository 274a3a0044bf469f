"""The load generator counts what happened, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from bench.tracking.connection import Server
from bench.tracking.load import Scenario, Seen, User, drive
from bench.tracking.rows import P95, REQUESTS
from bench.tracking.table import Line, Table

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@asynccontextmanager
async def answering(answer: Callable[[int], list[bytes]]) -> AsyncIterator[Server]:
    """A server that sends the parts of `answer(n)` for its n-th request."""
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
                await reader.readexactly(int(length or b"0"))
                requests += 1
                for part in answer(requests):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        yield Server(f"http://{host}:{port}", "a token")


@pytest.mark.parametrize(
    "parts",
    [
        [GOOD],
        [GOOD[:20], GOOD[20:-1], GOOD[-1:]],
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r",
            b"\n}\r\n0\r\n\r\n",
        ],
    ],
    ids=["whole", "in pieces", "chunked"],
)
async def test_an_answer_is_read_whatever_way_it_comes(parts: list[bytes]) -> None:
    async with answering(lambda _: parts) as server:
        user = User(server, 1, Seen(on=True))
        assert await user.call("POST", "/a", {"b": 1}) == b"{}"
        assert await user.call("GET", "/a") == b"{}"
        assert user.seen.errors == 0


async def test_a_wrong_answer_and_a_refusal_are_errors_and_a_429_is_not() -> None:
    answers = [
        GOOD,
        b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Wait\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    ]
    async with answering(lambda number: [answers[number - 1]]) as server:
        user = User(server, 1, Seen(on=True))
        assert await user.call("GET", "/a", check=lambda body: b"more" in body) is None
        assert (user.seen.errors, user.seen.shed) == (1, 0)
        assert await user.call("GET", "/a") is None
        assert await user.call("GET", "/a") is None
        assert (user.seen.errors, user.seen.shed) == (2, 1)


async def test_only_what_ends_in_the_window_counts() -> None:
    async def act(user: User) -> bool:
        return await user.call("GET", "/a") is not None

    async with answering(lambda _: [GOOD]) as server:
        seen = await drive(server, Scenario(act), clients=3, seconds=0.3, warm=0.1)
        assert seen.errors == 0
        assert seen.rate == pytest.approx(len(seen.latencies) / 0.3, rel=0.2)
        paced = await drive(server, Scenario(act), clients=5, seconds=1, warm=0.1, rate=100)
        assert 50 < paced.rate < 150


def test_a_ratio_says_how_many_times_better_ours_is() -> None:
    assert REQUESTS.ratio(ours=20, theirs=5) == 4
    assert P95.ratio(ours=5, theirs=20) == 4
    seen = Seen(latencies=[0.001 * number for number in range(1, 101)])
    assert seen.percentile(0.95) == pytest.approx(95, abs=1)


def test_the_table_names_what_was_missed(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table()
    table.head()
    table.add(Line("good", "a row", 16, 200.0, 10.0, "req/s", 20.0, 12))
    table.add(Line("bad", "another", None, 30.0, 10.0, "req/s", 3.0, 12, met=False))
    assert table.missed == ["bad"]
    assert "MISSED" in capsys.readouterr().out
