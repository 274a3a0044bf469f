# ruff: noqa: ASYNC110, ASYNC220, ASYNC251, T201 - jobs may print, block and poll for files
"""A worker's child that knows the jobs of the tests: `python -m tests.support.job_child`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from maestro_ml.server.audit import AuditTrail
from maestro_ml.server.jobs import JobContext, JobKind, RetryableFailure
from maestro_ml.server.jobs.child import Runtime, run_child
from maestro_ml.server.kernel.db import Database, UnitsOfWork
from maestro_ml.server.kernel.errors import Conflict
from maestro_ml.server.kernel.settings import Settings


class Note(BaseModel):
    """What most test jobs need: a text, and a folder to leave traces in."""

    text: str = ""
    folder: str = ""

    def path(self, name: str) -> Path:
        return Path(self.folder) / name


class NotToday(Conflict):
    code = "test.not_today"


async def echo(job: JobContext, note: Note) -> dict[str, Any]:
    print(f"out: {note.text}")
    print(f"err: {note.text}", file=sys.stderr)
    await job.progress(0.5, "half", {"nan": float("nan")})
    await job.progress(1.0, "done", {"said": note.text})
    return {
        "text": note.text,
        "attempt": job.attempt,
        "actor": job.context.actor.kind.value,
        "permissions": len(job.context.permissions),
        "started_at": time.time(),
        "settings_in_environment": [name for name in os.environ if name.startswith("MAESTRO_")],
    }


async def fail(job: JobContext, note: Note) -> None:
    raise ZeroDivisionError(note.text)


async def refuse(job: JobContext, note: Note) -> None:
    raise NotToday("Not today. Come back tomorrow.")


async def flaky(job: JobContext, note: Note) -> dict[str, Any]:
    if job.attempt < int(note.text):
        raise RetryableFailure("test.flaky", "The moon is wrong. It will be tried again.")
    return {"attempt": job.attempt}


async def die(job: JobContext, note: Note) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


async def hold(job: JobContext, note: Note) -> dict[str, Any]:
    """Leaves the ids of itself and a child of its own, and stays until somebody writes `go`."""
    below = subprocess.Popen(["sleep", "600"])
    note.path(f"attempt-{job.attempt}").write_text(f"{os.getpid()} {below.pid}")
    while not note.path("go").exists():
        await asyncio.sleep(0.05)
    below.kill()
    note.path("done").open("a").write(f"{job.attempt}\n")
    return {"attempt": job.attempt}


async def graceful(job: JobContext, note: Note) -> dict[str, Any]:
    best = 0
    note.path("attempt-1").write_text(str(os.getpid()))
    while not job.should_stop:
        best += 1
        time.sleep(0.01)  # synchronous, as a search is
    return {"best": best}


async def deaf(job: JobContext, note: Note) -> None:
    """Ignores whoever asks it to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note.path("attempt-1").write_text(str(os.getpid()))
    time.sleep(600)


async def devour(job: JobContext, note: Note) -> None:
    kept = []
    while True:
        kept.append(b"x" * 20_000_000)
        await asyncio.sleep(0.01)


async def chatter(job: JobContext, note: Note) -> None:
    count = int(note.text)
    for number in range(count):
        print(f"line {number}: " + "ä" * 50)
    sys.stdout.buffer.write(b"\x00\xff end")


async def trickle(job: JobContext, note: Note) -> None:
    """Prints a line for each file that appears in its folder."""
    for number in range(3):
        while not note.path(str(number)).exists():
            await asyncio.sleep(0.02)
        print(f"line {number}")


async def write(job: JobContext, note: Note) -> dict[str, Any]:
    """Writes through a unit of work when it is told to."""
    note.path("attempt-1").write_text(str(os.getpid()))
    while not note.path("go").exists():
        await asyncio.sleep(0.02)
    try:
        async with job.unit() as unit:
            unit.record("test.written", "note", note.text)
    except Exception as error:
        note.path("refused").write_text(type(error).__name__)
        raise
    return {}


HANDLERS = [echo, fail, refuse, flaky, die, hold, deaf, devour, chatter, trickle, write]
KINDS: list[JobKind[Any]] = [
    *(JobKind(f"test.{handler.__name__}", Note, handler) for handler in HANDLERS),
    JobKind("test.graceful", Note, graceful, graceful=True),
]


@asynccontextmanager
async def compose(settings: Settings) -> AsyncIterator[Runtime]:
    assert settings.database.url is not None
    database = Database(settings.database.url.get_secret_value(), pool_size=2)
    try:
        yield Runtime(UnitsOfWork(database, AuditTrail()), KINDS)
    finally:
        await database.close()


if __name__ == "__main__":
    run_child(compose)
