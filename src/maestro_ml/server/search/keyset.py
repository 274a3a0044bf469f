"""Pages by key: an order with its ties broken, and the condition for what comes after a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from maestro_ml.server.kernel.paging import CursorInvalid, decode_cursor, encode_cursor
from maestro_ml.server.search.conditions import SearchInvalid
from maestro_ml.server.search.statements import EPOCH, Arguments

Kind = Literal["text", "bigint", "float8", "uuid", "timestamptz"]
_TICK = timedelta(microseconds=1)

_SPELL: dict[Kind, Callable[[Any], Any]] = {
    "text": str,
    "bigint": int,
    "float8": repr,
    "uuid": str,
    "timestamptz": lambda moment: (moment - EPOCH) // _TICK,
}
_READ: dict[Kind, Callable[[Any], Any]] = {
    "text": str,
    "bigint": int,
    "float8": float,
    "uuid": UUID,
    "timestamptz": lambda ticks: EPOCH + ticks * _TICK,
}


@dataclass(frozen=True, slots=True)
class SortKey:
    """An expression that rows are sorted by; rows without a value come last in both directions."""

    expression: str
    kind: Kind
    ascending: bool
    nullable: bool = False


def order_by(keys: Sequence[SortKey]) -> str:
    """The ORDER BY of `keys`, the last of which is unique."""
    return ", ".join(
        f"{key.expression} {'ASC' if key.ascending else 'DESC'}"
        f"{' NULLS LAST' if key.nullable and not key.ascending else ''}"
        for key in keys
    )


def after(keys: Sequence[SortKey], place: Sequence[Any], arguments: Arguments) -> str:
    """The condition for what comes after the row whose keys are `place`."""
    spots = [
        None if value is None else arguments.add(value, key.kind)
        for key, value in zip(keys, place, strict=True)
    ]
    ways = []
    for position, key in enumerate(keys):
        beyond = _beyond(key, spots[position])
        if beyond is not None:
            same = [_same(k, s) for k, s in zip(keys[:position], spots, strict=False)]
            ways.append(" AND ".join([*same, beyond]))
    condition = "(" + " OR ".join(f"({way})" for way in ways) + ")"
    first, spot = keys[0], spots[0]
    if spot is None or first.nullable:
        return condition
    # An index can start at a plain bound, not at the alternatives.
    return f"{first.expression} {'>=' if first.ascending else '<='} {spot} AND {condition}"


def _beyond(key: SortKey, spot: str | None) -> str | None:
    if spot is None:
        return None
    beyond = f"{key.expression} {'>' if key.ascending else '<'} {spot}"
    return f"({beyond} OR {key.expression} IS NULL)" if key.nullable else beyond


def _same(key: SortKey, spot: str | None) -> str:
    return f"{key.expression} IS NULL" if spot is None else f"{key.expression} = {spot}"


def to_token(keys: Sequence[SortKey], place: Sequence[Any]) -> str:
    """An opaque text for the row whose keys are `place`."""
    return encode_cursor(
        [
            None if value is None else _SPELL[key.kind](value)
            for key, value in zip(keys, place, strict=True)
        ]
    )


def from_token(keys: Sequence[SortKey], token: str) -> list[Any]:
    """The place in `token`. Raises SearchInvalid when it belongs to another order."""
    try:
        place = decode_cursor(token, parts=len(keys)) or []
        return [
            None if value is None and key.nullable else _READ[key.kind](value)
            for key, value in zip(keys, place, strict=True)
        ]
    except (CursorInvalid, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SearchInvalid("Invalid page token, could not base64-decode") from error
