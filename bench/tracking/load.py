"""Virtual users that work without a pause, or at a given rate, and what they saw."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench.tracking.connection import Answer, Closed, Connection, Server

_TIMEOUT = 60.0
_LONGEST_END = 20.0


@dataclass
class Seen:
    """What the users of one measurement saw once it was `on`.

    `operations` counts those before and after as well; `cpu_seconds` is what all of them cost the
    server and its database together.
    """

    on: bool = False
    seconds: float = 0.0
    operations: int = 0
    cpu_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    shed: int = 0
    errors: int = 0
    samples: dict[str, int] = field(default_factory=dict)

    def error(self, what: str) -> None:
        """Count an error; the first few kinds are kept in words."""
        if self.on:
            self.errors += 1
            if what in self.samples or len(self.samples) < 8:
                self.samples[what] = self.samples.get(what, 0) + 1

    def percentile(self, share: float) -> float:
        """Milliseconds that `share` of the operations took at most."""
        ordered = sorted(self.latencies)
        if not ordered:
            return float("inf")
        return 1000 * ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU for an operation; other programs disturb it less than the time."""
        return 1000 * self.cpu_seconds / self.operations if self.operations else float("inf")

    @property
    def rate(self) -> float:
        """Whole operations a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0


@dataclass
class User:
    """One virtual user: a connection of its own and what it remembers."""

    server: Server
    number: int
    seen: Seen
    memory: dict[str, Any] = field(default_factory=dict)
    connection: Connection | None = None
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.number)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        check: Callable[[bytes], bool] | None = None,
    ) -> bytes | None:
        """The body of a good answer; else None, and the error is counted.

        An answer is good if its status is 2xx and `check` finds in it what was asked for: a server
        must not win by answering wrong.
        """
        data = body if isinstance(body, bytes | None) else orjson.dumps(body)
        try:
            answer = await self._exchange(self.server.request(method, path, data))
        except (Closed, OSError, TimeoutError) as error:
            self.connection = None
            self.seen.error(f"{method} {path.partition('?')[0]}: {type(error).__name__}")
            await asyncio.sleep(0.01)
            return None
        if answer.status == 429 and answer.retry_after is not None:
            self.seen.shed += self.seen.on
            await asyncio.sleep(answer.retry_after * self.random.random())
            return None
        if answer.status >= 300 or (check is not None and not check(answer.body)):
            told = answer.body[:160].decode("utf8", "replace")
            self.seen.error(f"{method} {path.partition('?')[0]}: {answer.status} {told}")
            return None
        return answer.body

    async def _exchange(self, request: bytes) -> Answer:
        for last in (False, True):
            reused = self.connection is not None and self.connection.alive
            if not reused:
                self.connection = await asyncio.wait_for(self.server.connect(), _TIMEOUT)
            assert self.connection is not None
            try:
                async with asyncio.timeout(_TIMEOUT):
                    return await self.connection.send(request)
            except TimeoutError:
                self.connection.close()
                raise
            except Closed:
                # An idle connection that closed under us: every client tries that once more.
                if last or not reused:
                    raise
        raise AssertionError("unreachable")


Operation = Callable[[User], Awaitable[bool]]
Preparation = Callable[[User], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """What one user does again and again; `prepare` comes once before."""

    act: Operation
    prepare: Preparation | None = None


async def drive(
    server: Server,
    scenario: Scenario,
    *,
    clients: int,
    seconds: float,
    warm: float = 1.0,
    rate: float | None = None,
) -> Seen:
    """Let `clients` users work for `seconds`, after `warm` seconds that do not count.

    Without a `rate` each starts its next operation when the last is done. With one, operations are
    due at random times that make up `rate` a second in all, and a latency counts from when the
    operation was due: waiting for a free connection is part of it.
    """
    seen = Seen()
    ends = asyncio.Event()
    users = [User(server, number, seen) for number in range(1, clients + 1)]
    if scenario.prepare is not None:
        await _in_turn(scenario.prepare, users)
    pause = None if rate is None else clients / rate
    tasks = [asyncio.create_task(_work(user, scenario.act, ends, pause)) for user in users]
    await asyncio.sleep(warm)
    seen.on, begin = True, time.perf_counter()
    await asyncio.sleep(seconds)
    seen.on, seen.seconds = False, time.perf_counter() - begin
    ends.set()
    _, late = await asyncio.wait(tasks, timeout=_LONGEST_END)
    for task in late:
        task.cancel()
    for user in users:
        if user.connection is not None:
            user.connection.close()
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error
    return seen


async def _in_turn(prepare: Preparation, users: list[User]) -> None:
    waiting = iter(users)

    async def some() -> None:
        for user in waiting:
            await prepare(user)

    await asyncio.gather(*(some() for _ in range(16)))


async def _work(user: User, act: Operation, ends: asyncio.Event, pause: float | None) -> None:
    due = time.perf_counter()
    if pause is not None:
        due += user.random.random() * pause
    while not ends.is_set():
        if pause is not None:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            begin, due = due, due + user.random.expovariate(1 / pause)
        else:
            begin = time.perf_counter()
        if await act(user):
            user.seen.operations += 1
            if user.seen.on:
                user.seen.latencies.append(time.perf_counter() - begin)
