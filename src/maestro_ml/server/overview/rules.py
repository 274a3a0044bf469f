"""How a search is read: words, the part of an id that it may be, and which kinds a caller may see."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.overview import Kind

_WORDS = 8
_SHORTEST_ID = 4
_ID_DIGITS = 32
_SPECIAL, _ESCAPED = re.compile(r"([%_\\])"), r"\\\1"
_ID = re.compile(r"[0-9a-f]+")

READ = {
    Kind.RUN: Permission.EXPERIMENT_READ,
    Kind.EXPERIMENT: Permission.EXPERIMENT_READ,
    Kind.MODEL: Permission.MODEL_READ,
    Kind.DATASET: Permission.DATASET_READ,
    Kind.DEPLOYMENT: Permission.DEPLOYMENT_READ,
    Kind.JOB: Permission.JOB_READ,
}


def visible_kinds(permissions: AbstractSet[Permission]) -> list[Kind]:
    """The kinds that a caller with `permissions` may know of."""
    return [kind for kind, permission in READ.items() if permission in permissions]


def patterns(text: str) -> list[str]:
    """What a name must be LIKE, all of them: each word of `text` somewhere in it."""
    words = text.lower().split()[:_WORDS]
    return [f"%{_SPECIAL.sub(_ESCAPED, word)}%" for word in words]


def id_range(text: str) -> tuple[UUID, UUID] | None:
    """The least and the greatest id that begin with `text`; None if no id does."""
    digits = text.strip().lower().replace("-", "")
    if not _SHORTEST_ID <= len(digits) <= _ID_DIGITS or not _ID.fullmatch(digits):
        return None
    return UUID(digits.ljust(_ID_DIGITS, "0")), UUID(digits.ljust(_ID_DIGITS, "f"))
