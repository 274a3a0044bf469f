"""The audit log as it crosses the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from maestro_ml.contracts.base import Contract, Timestamp


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


class AuditVerification(Contract):
    """`broken_at` is the first event whose seal does not fit, None when the whole chain holds."""

    tenant: str
    events: int
    broken_at: int | None
