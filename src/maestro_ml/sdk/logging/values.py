"""What users log, as the server takes it; what it would refuse is left out here, and told once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeVar

from maestro_ml.contracts.tracking import MAX_KEY
from maestro_ml.sdk.logging.trouble import Trouble

Value = TypeVar("Value")
_INT64 = 2**63


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def numbers(values: Mapping[str, object], trouble: Trouble) -> dict[str, float]:
    """The metrics among `values`: anything that `float` takes, under a usable key."""
    good = {}
    for key, value in values.items():
        if not _is_key(key):
            _tell_key(key, trouble)
            continue
        try:
            good[key] = float(value)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - a stranger's __float__ may raise anything
            trouble.tell(f"metric {key}", f"the metric {key!r} was not logged: {error}.")
    return good


def texts(values: Mapping[str, object], longest: int, trouble: Trouble) -> dict[str, str]:
    """`values` as texts of at most `longest` characters, under usable keys."""
    good = {}
    for key, value in values.items():
        if not _is_key(key):
            _tell_key(key, trouble)
            continue
        try:
            text = str(value).replace("\x00", "")  # for which the server has no place
        except Exception as error:  # noqa: BLE001 - a stranger's __str__ may raise anything
            trouble.tell(f"text {key}", f"{key!r} was not logged: {error}.")
            continue
        if len(text) > longest:
            trouble.tell(f"long {key}", f"{key!r} was cut to its first {longest} characters.")
        good[key] = text[:longest]
    return good


def whole(step: object, trouble: Trouble) -> int | None:
    """`step` as the integer that the server takes, None if it is none."""
    try:
        number = int(step)  # type: ignore[call-overload]
    except Exception:  # noqa: BLE001 - a stranger's __int__ may raise anything
        number = _INT64
    if -_INT64 <= number < _INT64:
        return int(number)
    trouble.tell(
        "step", f"the step {step!r:.100} is no integer; what was logged with it is left out."
    )
    return None


def parts(values: Mapping[str, Value], size: int) -> Iterator[dict[str, Value]]:
    """`values` in pieces of at most `size`."""
    walk = iter(values.items())
    while part := dict(islice(walk, size)):
        yield part


def _is_key(key: object) -> bool:
    return isinstance(key, str) and 0 < len(key) <= MAX_KEY and "\x00" not in key


def _tell_key(key: object, trouble: Trouble) -> None:
    trouble.tell(
        f"key {key!r:.100}",
        f"{key!r:.100} was not logged: a key is a text of 1 to {MAX_KEY} characters.",
    )
