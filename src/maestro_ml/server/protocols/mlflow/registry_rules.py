"""Which names, aliases, versions and stages a registry takes: MLflow's rules, with its words."""

from __future__ import annotations

import posixpath
import re

from maestro_ml.contracts.registry import Stage
from maestro_ml.server.protocols.mlflow.errors import (
    DoesNotExist,
    InvalidParameter,
    NotImplementedHere,
)
from maestro_ml.server.protocols.mlflow.names import MAX_KEY, check_length, check_name
from maestro_ml.server.protocols.mlflow.wire import Fields, invalid_value

MAX_NAME = 256
_MAX_VALUE = 100_000
_MAX_ALIAS = 255
_ALIAS = re.compile(r"[\w\-]+\Z")
_LIKE_A_VERSION = re.compile(r"[vV]\d+\Z")
_INT32 = 2**31
PROMPT_TAG = "mlflow.prompt.is_prompt"


def model_name(fields: Fields, field: str = "name") -> str:
    """The name of a model that there may be. Raises InvalidParameter."""
    name = fields.required_text(field)
    if not name.strip():
        raise InvalidParameter(f"Missing value for required parameter '{field}'.")
    if "/" in name or ":" in name:
        raise InvalidParameter(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.")
    if name in (".", "..") or name.startswith(".."):
        raise invalid_value(
            field,
            name,
            "Names may be treated as files in certain cases, and must not resolve to other names "
            f"when treated as such. This name would resolve to {posixpath.normpath(name)!r}",
        )
    check_length(name, MAX_NAME, field)
    return name


def version_number(fields: Fields) -> int:
    """The number of a version that there may be. Raises InvalidParameter."""
    return number_of(fields.required_text("version"))


def number_of(text: str) -> int:
    """The number that `text` spells; one that no version has for what is out of range."""
    try:
        number = int(text)
    except ValueError as error:
        raise InvalidParameter(f"Parameter 'version' must be an integer, got '{text}'.") from error
    return number if 0 < number < _INT32 else 0


def alias_name(fields: Fields, *, new: bool = False) -> str:
    """An alias; a `new` one must not be mistaken for a version. Raises InvalidParameter."""
    alias = fields.required_text("alias")
    if not _ALIAS.match(alias):
        raise InvalidParameter(
            f"Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), "
            "and dashes (-)."
        )
    check_length(alias, _MAX_ALIAS, "Registered model alias name")
    if new and alias.lower() == "latest":
        raise InvalidParameter("'latest' alias name (case insensitive) is reserved.")
    if new and _LIKE_A_VERSION.match(alias):
        raise InvalidParameter(f"Version alias name '{alias}' is reserved.")
    return alias


def stage_of(text: str) -> Stage:
    """The stage that `text` names in any case. Raises InvalidParameter."""
    try:
        return Stage(text)
    except ValueError as error:
        raise InvalidParameter(
            f"Invalid Model Version stage: {text}. Value must be one of {', '.join(Stage)}."
        ) from error


def tag_key(fields: Fields) -> str:
    """The key of a tag. Raises InvalidParameter."""
    return checked_key(fields.required_text("key"))


def checked_key(key: str) -> str:
    """`key`, if a tag may have it. Raises InvalidParameter."""
    check_name(key, "key")
    check_length(key, MAX_KEY, "key")
    return key


def tag(fields: Fields) -> tuple[str, str]:
    """The key and value of a tag. Raises InvalidParameter."""
    return tag_key(fields), checked_value(fields.text("value"))


def checked_value(value: str) -> str:
    """`value`, if a tag may have it. Raises InvalidParameter."""
    check_length(value, _MAX_VALUE, "value")
    return value


def tags_of(fields: Fields) -> dict[str, str]:
    """The tags that something new gets, the last of equal keys.

    Raises InvalidParameter, and NotImplementedHere for prompts.
    """
    tags = {checked_key(key): checked_value(value) for key, value in fields.pairs("tags")}
    if tags.get(PROMPT_TAG, "false").lower() == "true":
        raise NotImplementedHere(
            "Prompts are not part of Maestro: its registry keeps models. Keep prompts in a file, and "
            "log it as an artifact."
        )
    return tags


def model_missing(name: str) -> DoesNotExist:
    """There is no such model for this caller."""
    return DoesNotExist(f"Registered Model with name={name} not found")


def version_missing(name: str, number: int | str) -> DoesNotExist:
    """There is no such version for this caller."""
    return DoesNotExist(f"Model Version (name={name}, version={number}) not found")
