"""The fields of a request by the rules of proto-JSON, as MLflow's server reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.kernel.http.edge import header
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter

EMPTY = HotResponse(b"{}")
DOCS = " See the API docs for more information about request parameters."
_INT64 = 2**63
_WHOLE = re.compile(r"[+-]?\d+\Z", re.ASCII)


async def read(request: HotRequest) -> Fields:
    """The fields of `request`: of its query for a GET that has one, else of its JSON body.

    Unknown fields are ignored; a body that is no JSON object counts as empty. Raises InvalidParameter
    for another content type.
    """
    scope = request.scope
    if scope["method"] == "GET" and scope["query_string"]:
        query = scope["query_string"].decode("latin-1")
        return Fields(parse_qs(query, keep_blank_values=True), is_query=True)
    body = await request.body()
    if scope["method"] != "GET":
        require_json(request)
    return Fields(as_object(body))


def require_json(request: HotRequest) -> None:
    """Raise InvalidParameter unless the request says that it carries JSON."""
    content_type = header(request.scope, b"content-type").partition(";")[0].strip().lower()
    if not content_type:
        raise InvalidParameter("Bad Request. Content-Type header is missing.")
    if content_type != "application/json":
        raise InvalidParameter("Bad Request. Content-Type must be one of ['application/json'].")


def as_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; an empty one when there is none."""
    try:
        read_once = orjson.loads(body) if body else {}
        # Old clients encode twice.
        decoded = orjson.loads(read_once) if isinstance(read_once, str) else read_once
    except orjson.JSONDecodeError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


class Fields:
    """The fields of one message, read one by one with their type.

    A name is understood in snake_case, and in a body in camelCase as well; of a name that a query has
    twice the first counts. An absent field, null and, for a required text, the empty string are the
    same. Every reader raises InvalidParameter with MLflow's message.
    """

    __slots__ = ("_is_query", "_values")

    def __init__(self, values: Mapping[str, Any], *, is_query: bool = False) -> None:
        self._values = values
        self._is_query = is_query

    def raw(self, name: str) -> Any:
        """What was sent as `name`; None when nothing was."""
        found = self._values.get(name)
        if found is None and "_" in name and not self._is_query:
            first, *rest = name.split("_")
            found = self._values.get(first + "".join(map(str.capitalize, rest)))
        return found

    def _one(self, name: str) -> Any:
        found = self.raw(name)
        return found[0] if self._is_query and found is not None else found

    def has(self, name: str) -> bool:
        """Whether `name` was sent with a value."""
        return self.raw(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        found = self._one(name)
        if found is None:
            return default
        if not isinstance(found, str):
            raise wrong_type(name, found)
        return refuse_nul(name, found)

    def required_text(self, name: str) -> str:
        """A string that is there and not empty."""
        return self.text(name) or missing(name)

    def run_id(self) -> str:
        """The required `run_id`, which old clients call `run_uuid`."""
        return self.text("run_id") or self.text("run_uuid") or missing("run_id")

    def whole(self, name: str, default: int | None = None) -> int | None:
        """A 64-bit integer, as a number or as digits."""
        found = self._one(name)
        return default if found is None else to_whole(name, found)

    def required_whole(self, name: str) -> int:
        """A 64-bit integer that is there."""
        found = self._one(name)
        return missing_number(name) if found is None else to_whole(name, found)

    def required_number(self, name: str) -> float:
        """A 64-bit float that is there, as a number or as a text such as `NaN` or `-Infinity`."""
        found = self._one(name)
        if found is None or found == "":
            return missing_number(name)
        try:
            if isinstance(found, (int, float, str)) and not isinstance(found, bool):
                return float(found)
        except (ValueError, OverflowError):
            pass
        raise wrong_type(name, found)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, in a query as a word."""
        found = self._one(name)
        if found is None:
            return default
        if self._is_query and str(found).lower() in ("true", "false"):
            return str(found).lower() == "true"
        if not isinstance(found, bool):
            raise wrong_type(name, found)
        return found

    def items(self, name: str) -> list[Any]:
        """A list; empty when it was not sent."""
        found = self.raw(name)
        if found is None:
            return []
        if not isinstance(found, list):
            raise wrong_type(name, found)
        return found

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        found = self.items(name)
        for each in found:
            if not isinstance(each, str):
                raise wrong_type(name, found)
            refuse_nul(name, each)
        return found

    def messages(self, name: str) -> list[Fields]:
        """A list of messages."""
        found = self.items(name)
        if not all(isinstance(each, dict) for each in found):
            raise wrong_type(name, found)
        return [Fields(each) for each in found]

    def message(self, name: str) -> Fields:
        """A message; one without fields when it was not sent."""
        found = self.raw(name)
        if found is not None and not isinstance(found, dict):
            raise wrong_type(name, found)
        return Fields(found or {})

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """A list of `{key, value}`, in its order; a missing value is the empty string."""
        return [(each.text("key"), each.text("value")) for each in self.messages(name)]


def to_whole(name: str, value: Any) -> int:
    """`value` of the field `name` as a 64-bit integer. Raises InvalidParameter."""
    digits = isinstance(value, str) and len(value) < 21 and _WHOLE.match(value)
    if digits or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not -_INT64 <= value < _INT64:
        raise wrong_type(name, value)
    return value


def refuse_nul(name: str, value: str) -> str:
    """`value`, unless it holds a NUL, for which PostgreSQL's text has no place."""
    if "\x00" in value:
        raise InvalidParameter(f"The value of parameter '{name}' holds the character NUL.")
    return value


def missing(name: str) -> str:
    """Raise InvalidParameter for a required field that is not there."""
    raise InvalidParameter(f"Missing value for required parameter '{name}'.{DOCS}")


def missing_number(name: str) -> int:
    """Raise InvalidParameter for a required number that is not there."""
    raise InvalidParameter(f"Missing value for required parameter '{name}'.{DOCS}")


def wrong_type(name: str, value: Any) -> InvalidParameter:
    """The refusal of a value whose type the field `name` has not."""
    kind = type(value).__name__
    return invalid_value(name, value, f" Hint: Value was of type '{kind}'.{DOCS}")


def invalid_value(path: str, value: Any, why: str = "") -> InvalidParameter:
    """The refusal of `value` at `path`, in the form in which MLflow words it."""
    shown = json.dumps(value, sort_keys=True, separators=(",", ":"))[:1000]
    told = f"Invalid value {shown} for parameter '{path}' supplied"
    return InvalidParameter(f"{told}: {why}" if why else f"{told}.")


def json_response(document: Any) -> HotResponse:
    """`document` as the answer."""
    return HotResponse(orjson.dumps(document))
