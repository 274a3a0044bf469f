"""Keyset cursors: the sort key of the last item, opaque to clients."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from maestro_ml.contracts.base import Page
from maestro_ml.server.kernel.errors import InvalidInput

Item = TypeVar("Item")


class CursorInvalid(InvalidInput):
    """The cursor was not made by this endpoint."""

    code = "request.cursor_invalid"


def encode_cursor(key: Sequence[Any]) -> str:
    """An opaque text for the sort key `key` (strings, numbers, ISO times)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")


def decode_cursor(cursor: str | None, *, parts: int) -> list[Any] | None:
    """The sort key in `cursor`, None for the first page. Raises CursorInvalid."""
    if cursor is None:
        return None
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid(_ADVICE) from error
    if not isinstance(key, list) or len(key) != parts:
        raise CursorInvalid(_ADVICE)
    return key


_ADVICE = (
    "Pass `next_cursor` of the page before unchanged, or leave `cursor` out for the first page."
)


def to_page(rows: list[Item], limit: int, key: Callable[[Item], Sequence[Any]]) -> Page[Item]:
    """The page of `rows`, which were asked for with `limit + 1` to see whether more follow."""
    more = len(rows) > limit
    items = rows[:limit]
    return Page(items=items, next_cursor=encode_cursor(key(items[-1])) if more else None)
