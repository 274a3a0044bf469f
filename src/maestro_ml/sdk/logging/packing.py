"""From the records of a journal to requests, as large as the server takes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from maestro_ml.contracts.tracking import (
    MAX_BATCH_METRICS,
    MAX_BATCH_PARAMS,
    MAX_BATCH_TAGS,
    RunStatus,
    RunUpdate,
    spell_number,
)
from maestro_ml.sdk.logging.journal import Record

Metric = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """A `RunBatch` without its validation, which would take most of the sending thread's time.

    Values were checked when they were logged, and the server checks them again.
    """

    metrics: list[Metric] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.metrics) + len(self.params) + len(self.tags)

    def has_room_for(self, part: Batch) -> bool:
        """Whether the server would still take both together."""
        return (
            len(self.metrics) + len(part.metrics) <= MAX_BATCH_METRICS
            and len(self.params) + len(part.params) <= MAX_BATCH_PARAMS
            and len(self.tags) + len(part.tags) <= MAX_BATCH_TAGS
        )

    def add(self, part: Batch) -> None:
        """Take `part` in; of one tag the later value stays."""
        self.metrics += part.metrics
        self.params |= part.params
        self.tags |= part.tags

    def body(self) -> bytes:
        """As JSON."""
        fields = {"metrics": self.metrics, "params": self.params, "tags": self.tags}
        return json.dumps(fields).encode()

    def singles(self) -> Iterator[Batch]:
        """Every point, param and tag alone."""
        yield from (Batch(metrics=[metric]) for metric in self.metrics)
        yield from (Batch(params={key: value}) for key, value in self.params.items())
        yield from (Batch(tags={key: value}) for key, value in self.tags.items())


Request = Batch | RunUpdate


def pack(records: Iterable[Record], refuse: Callable[[object, str], None]) -> Iterator[Request]:
    """Requests that store `records`, an end after all that came before it.

    A record that is none (a file can be edited) goes to `refuse` with the reason.
    """
    load = Batch()
    for record in records:
        try:
            part = _batch(record)
            end = _end(record)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            refuse(record, f"it has not the form of a record ({error!r}).")
            continue
        if len(load) and (end or not load.has_room_for(part)):
            yield load
            load = Batch()
        if end:
            yield end
        load.add(part)
    if len(load):
        yield load


def moment(milliseconds: int) -> datetime:
    """A time in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _batch(record: Record) -> Batch:
    metrics = record.get("metrics")
    if metrics is None:
        return Batch(params={**record.get("params", {})}, tags={**record.get("tags", {})})
    step, at = record["step"], record["at"]
    return Batch(
        metrics=[
            {"key": key, "value": spell_number(value), "step": step, "timestamp": at}
            for key, value in metrics.items()
        ]
    )


def _end(record: Record) -> RunUpdate | None:
    if "end" not in record:
        return None
    return RunUpdate(status=RunStatus(record["end"]), ended_at=moment(record["at"]))
