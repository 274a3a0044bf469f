"""What the holder of an attempt writes: every statement is fenced by the attempt's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.jobs import JobError, JobLimits, JobProgress, JobState, JobUsage

_CLAIM = text(
    """
    UPDATE job SET state = 'running', attempts = attempts + 1, worker = :worker,
      started_at = now(), heartbeat_at = now(), error = NULL,
      progress = '{"fraction": null, "message": "", "data": {}}'
    WHERE id = :job AND tenant_id = :tenant AND state = 'queued'
    RETURNING kind, payload, attempts, max_attempts, backoff_seconds, limit_seconds,
      limit_memory_mb, log_seq, log_bytes, created_by, created_by_name, permissions, request_id
    """
)
_HELD = "id = :job AND tenant_id = :tenant AND attempts = :attempt AND state = 'running'"
_BEAT = text(
    f"""
    UPDATE job SET heartbeat_at = now(), progress = coalesce(cast(:progress AS jsonb), progress),
      log_seq = :log_seq, log_bytes = :log_bytes,
      peak_memory_mb = :peak_memory_mb, cpu_seconds = :cpu_seconds
    WHERE {_HELD} RETURNING cancel_requested_at IS NOT NULL
    """  # noqa: S608
)
_APPEND = text(
    """
    INSERT INTO job_log (job_id, seq, at, stream, text)
    SELECT :job, * FROM unnest(cast(:seqs AS int[]), cast(:times AS timestamptz[]),
      cast(:streams AS text[]), cast(:texts AS text[]))
    ON CONFLICT DO NOTHING
    """
)
_FINISH = text(
    f"""
    UPDATE job SET state = :state, result = cast(:result AS jsonb), error = cast(:error AS jsonb),
      finished_at = CASE WHEN :state <> 'queued' THEN now() END, heartbeat_at = NULL
    WHERE {_HELD}
    """  # noqa: S608
)
# Waits for whoever takes the job away at this moment, and keeps it until this unit's commit.
_HOLD = text(f"SELECT 1 FROM job WHERE {_HELD} FOR SHARE")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Assignment:
    """A claimed job: all that running one attempt of it needs."""

    tenant_id: UUID
    job_id: UUID
    attempt: int
    kind: str
    payload: dict[str, Any]
    max_attempts: int
    backoff_seconds: float
    limits: JobLimits
    log_seq: int
    log_bytes: int
    created_by: UUID | None
    created_by_name: str
    permissions: list[str]
    request_id: str


@dataclass(frozen=True, slots=True)
class Beat:
    """What an attempt has to tell since its last beat."""

    progress: JobProgress | None
    log_seq: int
    log_bytes: int
    usage: JobUsage
    chunks: list[tuple[int, datetime, str, str]]


class AttemptRepository:
    """One job, as the worker that runs it writes it."""

    def __init__(self, session: AsyncSession, tenant_id: UUID, job_id: UUID) -> None:
        self._session = session
        self._key: dict[str, Any] = {"tenant": tenant_id, "job": job_id}

    async def claim(self, worker: str) -> Assignment | None:
        """Start the job's next attempt; None if it is not queued (any more)."""
        found = await self._session.execute(_CLAIM, {**self._key, "worker": worker})
        row = found.mappings().first()
        if row is None:
            return None
        values = dict(row)
        limits = JobLimits(
            seconds=values.pop("limit_seconds"), memory_mb=values.pop("limit_memory_mb")
        )
        return Assignment(
            tenant_id=self._key["tenant"],
            job_id=self._key["job"],
            attempt=values.pop("attempts"),
            limits=limits,
            **values,
        )

    async def beat(self, attempt: int, beat: Beat) -> bool | None:
        """Show a sign of life and store what is new: whether to cancel; None if superseded."""
        found = await self._session.execute(
            _BEAT,
            {
                **self._key,
                "attempt": attempt,
                "progress": None if beat.progress is None else _json(beat.progress.model_dump()),
                "log_seq": beat.log_seq,
                "log_bytes": beat.log_bytes,
                "peak_memory_mb": beat.usage.peak_memory_mb,
                "cpu_seconds": beat.usage.cpu_seconds,
            },
        )
        cancel: bool | None = found.scalar_one_or_none()
        if cancel is not None and beat.chunks:
            seqs, times, streams, texts = map(list, zip(*beat.chunks, strict=True))
            await self._session.execute(
                _APPEND,
                {
                    "job": self._key["job"],
                    "seqs": seqs,
                    "times": times,
                    "streams": streams,
                    "texts": texts,
                },
            )
        return cancel

    async def finish(
        self,
        attempt: int,
        state: JobState,
        *,
        result: dict[str, Any] | None = None,
        error: JobError | None = None,
    ) -> bool:
        """End the attempt: in a final state, or queued for the next one. False if superseded."""
        done = await self._session.execute(
            _FINISH,
            {
                **self._key,
                "attempt": attempt,
                "state": state.value,
                "result": None if result is None else _json(result),
                "error": None if error is None else _json(error.model_dump()),
            },
        )
        assert isinstance(done, CursorResult)
        return done.rowcount == 1

    async def hold(self, attempt: int) -> bool:
        """Whether the attempt is current; it stays so until the commit."""
        found = await self._session.execute(_HOLD, {**self._key, "attempt": attempt})
        return found.first() is not None


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
