"""From the records of a journal to requests, as large as the server takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from maestro_ml.contracts.tracking import (
    MAX_BATCH_METRICS,
    MAX_BATCH_PARAMS,
    MAX_BATCH_TAGS,
    Metric,
    RunBatch,
    RunStatus,
    RunUpdate,
)
from maestro_ml.sdk.logging.journal import Record

Request = RunBatch | RunUpdate


@dataclass(slots=True)
class _Load:
    """What goes into the next batch."""

    metrics: list[Metric] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def has_room_for(self, part: RunBatch) -> bool:
        return (
            len(self.metrics) + len(part.metrics) <= MAX_BATCH_METRICS
            and len(self.params) + len(part.params) <= MAX_BATCH_PARAMS
            and len(self.tags) + len(part.tags) <= MAX_BATCH_TAGS
        )

    def add(self, part: RunBatch) -> None:
        self.metrics += part.metrics
        self.params |= part.params
        self.tags |= part.tags  # of one tag the later value stays

    def take(self) -> Iterator[RunBatch]:
        """All of it, if there is any; afterwards it is empty."""
        if self.metrics or self.params or self.tags:
            yield RunBatch(metrics=self.metrics, params=self.params, tags=self.tags)
            self.metrics, self.params, self.tags = [], {}, {}


def pack(records: Iterable[Record], refuse: Callable[[object, str], None]) -> Iterator[Request]:
    """Requests that store `records`, an end after all that came before it.

    A record that is none (a file can be edited) goes to `refuse` with the reason.
    """
    load = _Load()
    for record in records:
        try:
            part = _batch(record)
            end = _end(record)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            refuse(record, f"it has not the form of a record ({error}).")
            continue
        if not load.has_room_for(part):
            yield from load.take()
        load.add(part)
        if end:
            yield from load.take()
            yield end
    yield from load.take()


def singles(batch: RunBatch) -> Iterator[RunBatch]:
    """Every point, param and tag of `batch` alone."""
    yield from (RunBatch(metrics=[metric]) for metric in batch.metrics)
    yield from (RunBatch(params={key: value}) for key, value in batch.params.items())
    yield from (RunBatch(tags={key: value}) for key, value in batch.tags.items())


def moment(milliseconds: int) -> datetime:
    """A time in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _batch(record: Record) -> RunBatch:
    metrics = record.get("metrics") or {}
    if not metrics:
        return RunBatch(params=record.get("params") or {}, tags=record.get("tags") or {})
    step, at = record["step"], record["at"]
    return RunBatch(
        metrics=[
            Metric(key=key, value=value, step=step, timestamp=at) for key, value in metrics.items()
        ]
    )


def _end(record: Record) -> RunUpdate | None:
    if "end" not in record:
        return None
    return RunUpdate(status=RunStatus(record["end"]), ended_at=moment(record["at"]))
