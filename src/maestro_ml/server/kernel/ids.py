"""Identifiers that sort by creation time."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique without coordination, and close neighbours in a b-tree index."""
    return uuid_utils.compat.uuid7()
