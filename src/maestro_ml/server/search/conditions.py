"""What a search asks for, whatever it searches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maestro_ml.server.kernel.errors import InvalidInput


class SearchInvalid(InvalidInput):
    """The filter, the order or the page token is not one."""

    code = "search.invalid"


class Subject(StrEnum):
    """What can be searched; each has attributes and comparators of its own."""

    RUNS = "runs"
    EXPERIMENTS = "experiments"
    MODELS = "models"
    VERSIONS = "versions"
    LOGGED_MODELS = "logged_models"


class Entity(StrEnum):
    """What a key belongs to."""

    ATTRIBUTE = "attribute"
    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `comparator` is in capitals.

    `value` is a number for metrics and numeric attributes, a tuple for IN and NOT IN, None for
    IS NULL and IS NOT NULL, else a text.
    """

    entity: Entity
    key: str
    comparator: str
    value: str | float | int | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Order:
    """One key of an order."""

    entity: Entity
    key: str
    ascending: bool
