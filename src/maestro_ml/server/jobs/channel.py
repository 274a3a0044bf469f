"""What a worker and the child process of an attempt say to each other, one JSON line at a time.

The worker hands over on the child's stdin, never in arguments or the environment, where others on
the machine or user code could read the secrets. Stdin then stays open: its end is the worker's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, SecretStr

from maestro_ml.contracts.jobs import JobError, JobLimits, JobProgress, JobUsage
from maestro_ml.server.kernel.settings import Settings


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class Handover(_Message):
    """One attempt, the settings of the installation, and where to send reports."""

    tenant_id: UUID
    job_id: UUID
    attempt: int
    kind: str
    payload: dict[str, Any]
    limits: JobLimits
    created_by: UUID | None
    created_by_name: str
    permissions: list[str]
    request_id: str
    settings: dict[str, Any]
    reports_fd: int


class Outcome(_Message):
    """How the handler ended: a result or an error, which may be worth another attempt."""

    result: dict[str, Any] | None = None
    error: JobError | None = None
    retryable: bool = False
    usage: JobUsage = JobUsage()


class Report(_Message):
    """A line from the child: progress, or at last the outcome."""

    progress: JobProgress | None = None
    outcome: Outcome | None = None


def reveal(settings: Settings) -> dict[str, Any]:
    """`settings` as JSON values, secrets in clear."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(settings.model_dump(), default=_plain))
    return plain


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def to_line(report: Report) -> bytes:
    """`report` as a line; numbers that JSON lacks (NaN) become null."""
    return orjson.dumps(report.model_dump(), default=_json_value, option=_LINE)


_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def _json_value(value: object) -> object:
    # A numpy scalar has `item`; what has no JSON form at all is told by its text.
    return value.item() if hasattr(value, "item") else str(value)
