"""The base of every contract: frozen, closed to unknown fields, explicit about time zones."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Item = TypeVar("Item")


class Contract(BaseModel):
    """A value the server answers with; fields a newer server adds are ignored by older clients."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(BaseModel):
    """A value a client sends; an unknown field is an error, so a typing mistake never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(Contract, Generic[Item]):
    """One page of a list; pass `next_cursor` back as `cursor` to get the next, None ends it."""

    items: list[Item]
    next_cursor: str | None = None


def _require_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs its zone, for example 2026-01-31T12:00:00Z")
    return value


Timestamp = Annotated[datetime, AfterValidator(_require_zone)]
"""An RFC 3339 time with its zone; the server always answers in UTC."""

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=120,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._\-]*$",
    ),
]
"""The name of a thing people create: letters, digits, space, dot, dash, underscore; no slash."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?$")]
"""A name that stands in a URL or a host name: lower-case letters, digits and dashes."""

Tags = Annotated[dict[str, str], Field(max_length=100)]
"""Free key-value labels."""
