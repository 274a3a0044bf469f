"""Values to and from the wire: addresses, paths, query strings, JSON bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from maestro_ml.sdk.errors import ConfigurationError, UnexpectedAnswer
from maestro_ml.version import __version__

Answer = TypeVar("Answer", bound=BaseModel)
Params = Mapping[str, object]


def api(*segments: object) -> str:
    """The path of an endpoint: `api("users", user_id, "roles")` is `/api/v1/users/<id>/roles`."""
    return "/api/v1/" + "/".join(quote(str(segment), safe="") for segment in segments)


def file_in_tree(location: str, path: str) -> str:
    """The path of the endpoint for a file below an artifact location of ours (`mlflow-artifacts:/…`)."""
    place = f"{location.partition(':')[2].strip('/')}/{path}"
    return f"/api/2.0/mlflow-artifacts/artifacts/{quote(place)}"


def host(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"{url!r} is no address ({error}).", _URL_ADVICE) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigurationError(f"{url!r} is no address of a server.", _URL_ADVICE)
    return parsed.host


def is_on_this_machine(url: str) -> bool:
    """Whether `url` is that of a loopback, where no proxy leads."""
    return host(url) in _LOOPBACK


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_URL_ADVICE = "Set MAESTRO_URL to something like http://127.0.0.1:5000."


def to_json(body: BaseModel) -> bytes:
    return json.dumps(body.model_dump(), default=_plain).encode()


def _plain(value: object) -> str:
    # Pydantic masks secrets in its own JSON; the one reader they are meant for is the server.
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def to_query(params: Params) -> httpx.QueryParams:
    """Query pairs: None is left out, a sequence repeats its name."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        values = value if isinstance(value, list | tuple | set | frozenset) else [value]
        pairs += [(name, _to_text(each)) for each in values if each is not None]
    return httpx.QueryParams(tuple(pairs))


def _to_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value if isinstance(value, Enum) else value)


def parse(response: httpx.Response, answer: type[Answer]) -> Answer:
    try:
        return answer.model_validate_json(response.content)
    except ValidationError as error:
        raise UnexpectedAnswer(
            f"{response.url} answered with something else than a {answer.__name__} "
            f"({error.error_count()} differences).",
            "Check that MAESTRO_URL is a Maestro server of about this client's version "
            f"({__version__}).",
        ) from error
