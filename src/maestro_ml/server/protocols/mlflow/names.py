"""Which names and values may be logged: MLflow's limits, with its words."""

from __future__ import annotations

import posixpath
import re

from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.wire import invalid_value

MAX_KEY = 250
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000

# Parts that are neither empty nor `.` nor `..`, joined by single slashes.
_PART = r"(?!\.{1,2}(?:/|\Z))[\w.\- :]+"
_CANONICAL = re.compile(rf"(?!\.\.){_PART}(?:/{_PART})*\Z")
_CHARACTERS = re.compile(r"[/\w.\- :]*\Z")


def is_name(name: str) -> bool:
    """Whether a metric, param or tag may be called so."""
    return len(name) <= MAX_KEY and _CANONICAL.match(name) is not None


def check_name(name: str, path: str) -> None:
    """Raise InvalidParameter for a name that cannot be; `path` is the field that holds it."""
    if _CANONICAL.match(name):
        return
    if not _CHARACTERS.match(name):
        why = (
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), "
            "spaces ( ), colon(:) and slashes (/)."
        )
    else:
        why = (
            "Names may be treated as files in certain cases, and must not resolve to other names "
            f"when treated as such. This name would resolve to {posixpath.normpath(name)!r}"
        )
    raise invalid_value(path, name, why)


def check_length(value: str, limit: int, what: str) -> None:
    """Raise InvalidParameter for a text that is too long."""
    if len(value) > limit:
        raise InvalidParameter(f"'{what}' exceeds the maximum length of {limit} characters")


def checked_param(key: str, value: str, path: str = "key") -> str:
    """`value` as it is stored: what is too long is cut. Raises InvalidParameter for the key."""
    check_name(key, path)
    check_length(key, MAX_KEY, "Param key")
    return value[:MAX_PARAM_VALUE]


def checked_tag(key: str, value: str, path: str = "") -> str:
    """`value` as it is stored: what is too long is cut. Raises InvalidParameter for the key."""
    place = f"{path}.key" if path else "key"
    check_name(key, place)
    check_length(key, MAX_KEY, place)
    return value[:MAX_TAG_VALUE]


def check_metric(key: str, value: float, timestamp: int, path: str = "") -> None:
    """Raise InvalidParameter for a point that cannot be."""
    prefix = f"{path}." if path else ""
    check_name(key, f"{prefix}name")
    if timestamp < 0:
        why = f"metric '{key}' (value={value}). Timestamp must be a nonnegative long (64-bit integer) "
        raise invalid_value(f"{prefix}timestamp", timestamp, why)
    check_length(key, MAX_KEY, "Metric name")
