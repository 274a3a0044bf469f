"""The audit log as it crosses the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from maestro_ml.contracts.base import Contract, Request, Timestamp


class AuditEvent(Contract):
    """One change; `hash` seals it together with every event before it."""

    seq: int
    at: Timestamp
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str
    hash: str


class AuditFilter(Request):
    """Which events are wanted; what is None does not matter.

    `action` is a whole one or its beginning up to a dot: `tracking.run`, `tracking`. Events since a
    moment, and before another one.
    """

    action: str | None = None
    actor: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    since: Timestamp | None = None
    until: Timestamp | None = None


class AuditFormat(StrEnum):
    """How an export is written: a table, or one JSON object a line, nothing left out."""

    CSV = "csv"
    JSONL = "jsonl"


class AuditVerification(Contract):
    """`broken_at` is the first event whose seal does not fit, None when the whole chain holds."""

    tenant: str
    events: int
    broken_at: int | None
