"""Identifiers that sort by creation time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique without coordination, and close neighbours in a b-tree index."""
    return uuid_utils.compat.uuid7()


def made_at(id: UUID) -> datetime:
    """When `new_id` made this id, to the millisecond."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)
