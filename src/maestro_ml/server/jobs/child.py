"""The child process of one attempt: takes the handover, runs the handler, reports the outcome."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from maestro_ml.contracts.identity import Permission, TenantId
from maestro_ml.contracts.jobs import JobError, JobProgress, JobUsage
from maestro_ml.server.jobs import errors
from maestro_ml.server.jobs.channel import Handover, Outcome, Report, to_line
from maestro_ml.server.jobs.fence import Fence, FencedUnits
from maestro_ml.server.jobs.kinds import JobContext, JobKind
from maestro_ml.server.kernel.context import Actor, ActorKind, Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.errors import MaestroError, Unavailable
from maestro_ml.server.kernel.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """What a child works with: the installation's database and the kinds it can run."""

    units: UnitsOfWork
    kinds: Sequence[JobKind[Any]]


Compose = Callable[[Settings], AbstractAsyncContextManager[Runtime]]


def run_child(compose: Compose) -> None:
    """Run the attempt that the worker hands over on stdin; the process ends with the worker."""
    handover = Handover.model_validate_json(_first_line())
    _follow_worker()
    os.set_inheritable(handover.reports_fd, False)
    outbox = _Outbox(handover.reports_fd)
    outcome = asyncio.run(_run(compose, handover, outbox))
    sys.stdout.flush()
    sys.stderr.flush()
    outbox.send(Report(outcome=outcome.model_copy(update={"usage": _usage()})))


def _first_line() -> bytes:
    parts: list[bytes] = []
    while not parts or not parts[-1].endswith(b"\n"):
        part = os.read(0, 1 << 16)
        if not part:
            sys.exit("The worker is gone.")
        parts.append(part)
    return b"".join(parts)


def _follow_worker() -> None:
    """End the whole process group when the worker ends, however it ends."""
    watched = os.dup(0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        while os.read(watched, 1):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="follow worker", daemon=True).start()


@dataclass
class _Outbox:
    """The way to the worker; safe to use from any thread."""

    descriptor: int
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, report: Report) -> None:
        line = memoryview(to_line(report))
        with self._lock:
            while line:
                line = line[os.write(self.descriptor, line) :]


async def _run(compose: Compose, handover: Handover, outbox: _Outbox) -> Outcome:
    try:
        async with compose(Settings.model_validate(handover.settings)) as runtime:
            return await _handle(runtime, handover, outbox)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - every end is an outcome
        return _failure(error)


async def _handle(runtime: Runtime, handover: Handover, outbox: _Outbox) -> Outcome:
    kind = next((kind for kind in runtime.kinds if kind.name == handover.kind), None)
    if kind is None:
        return _error(
            errors.UNKNOWN_KIND,
            f"This worker does not know jobs of the kind {handover.kind}. Run the same version of "
            "the server and of its workers.",
        )
    try:
        payload = kind.payload.model_validate(handover.payload)
    except ValidationError as error:
        return _error(
            errors.PAYLOAD_INVALID,
            f"The job's payload does not fit its kind ({error.error_count()} errors). Submit it "
            "again with this version.",
        )
    stop = threading.Event()
    if kind.graceful:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    job = _job_context(runtime, handover, outbox, stop)
    return Outcome(result=await kind.run(job, payload))


def _job_context(
    runtime: Runtime, handover: Handover, outbox: _Outbox, stop: threading.Event
) -> JobContext:
    return JobContext(
        job_id=handover.job_id,
        attempt=handover.attempt,
        limits=handover.limits,
        context=Context(
            tenant_id=TenantId(handover.tenant_id),
            actor=Actor(ActorKind.JOB, handover.created_by, handover.created_by_name),
            permissions=frozenset(Permission(name) for name in handover.permissions),
            request_id=handover.request_id,
        ),
        units=FencedUnits(
            runtime.units, Fence(handover.tenant_id, handover.job_id, handover.attempt)
        ),
        send_progress=lambda progress: _send_progress(outbox, progress),
        stop_requested=stop.is_set,
    )


def _send_progress(outbox: _Outbox, progress: JobProgress) -> None:
    outbox.send(Report(progress=progress))


def _failure(error: BaseException) -> Outcome:
    if isinstance(error, errors.RetryableFailure):
        return _error(error.code, error.message, retryable=True)
    if isinstance(error, MaestroError):
        return _error(error.code, error.detail, retryable=isinstance(error, Unavailable))
    traceback.print_exception(error)
    if isinstance(error, MemoryError):
        return _error(
            errors.MEMORY_EXCEEDED,
            "The machine has not enough free memory for this job. Use less data, or a machine "
            "with more.",
        )
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    return _error(
        errors.FAILED,
        f"{type(error).__name__}: {str(error)[:500] or 'no message'}. "
        "The job's log has the traceback.",
        retryable=gone or isinstance(error, ConnectionError),
    )


def _error(code: str, message: str, *, retryable: bool = False) -> Outcome:
    return Outcome(error=JobError(code=code, message=message), retryable=retryable)


def _usage() -> JobUsage:
    own = resource.getrusage(resource.RUSAGE_SELF)
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return JobUsage(
        peak_memory_mb=round(own.ru_maxrss * unit / 1e6, 1),
        cpu_seconds=round(own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime, 2),
    )
