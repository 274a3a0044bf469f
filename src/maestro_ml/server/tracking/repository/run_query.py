"""What a search for runs asks for, and what it finds of each run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from maestro_ml.contracts.tracking import View
from maestro_ml.server.search import Condition, Entity, Order


class Part(IntEnum):
    """The part of an order that a page begins in."""

    ALL = 0
    NUMBERS = 1
    NANS = 2
    MISSING = 3


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs of which experiments, and in which order; the latest start comes first by default."""

    experiment_ids: tuple[int, ...]
    view: View = View.ACTIVE
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()

    @property
    def leading_metric(self) -> Order | None:
        """The metric that the order begins with."""
        first = self.orders[0] if self.orders else None
        return first if first and first.entity is Entity.METRIC else None


class FoundRun(NamedTuple):
    """A run of a page; what is known of it by `id` and `version` is still so if it has `ended`."""

    id: UUID
    version: int
    ended: bool


def parts_of(query: RunQuery) -> list[Part]:
    """The parts of the order that `query` asks for, as they follow each other."""
    return [Part.NUMBERS, Part.NANS, Part.MISSING] if query.leading_metric else [Part.ALL]
