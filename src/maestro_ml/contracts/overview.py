"""What spans the domains, as it crosses the wire: search, what changed, notifications, storage."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from maestro_ml.contracts.base import Contract, Request, Timestamp
from maestro_ml.contracts.tracking import ExperimentId, RunId, RunStatus


class Kind(StrEnum):
    """What a thing is that has a page of its own."""

    RUN = "run"
    EXPERIMENT = "experiment"
    MODEL = "model"
    DATASET = "dataset"
    DEPLOYMENT = "deployment"
    JOB = "job"


class Hit(Contract):
    """Something that a search found; `id` is what its address takes, `detail` says where it lies."""

    kind: Kind
    id: str
    name: str
    detail: str
    at: Timestamp


class SearchResults(Contract):
    """Hits of all kinds, the best first."""

    items: list[Hit]


class RecentRun(Contract):
    """A run as the home page shows it."""

    id: RunId
    name: str
    status: RunStatus
    experiment_id: ExperimentId
    experiment: str
    user: str
    started_at: Timestamp
    ended_at: Timestamp | None


class Change(Contract):
    """Something that happened: `what` in a word or two, by whom, to what."""

    kind: Kind
    id: str
    name: str
    what: str
    by: str
    at: Timestamp


class Overview(Contract):
    """The last runs, whatever their experiment, and the last changes."""

    runs: list[RecentRun]
    changes: list[Change]


class Notification(Contract):
    """News for the caller; `state` is that of the job, run or deployment."""

    kind: Kind
    id: str
    name: str
    state: str
    detail: str
    at: Timestamp
    read: bool


class Notifications(Contract):
    """The news of two weeks, newest first; `going` are the caller's jobs that will be news."""

    items: list[Notification]
    unread: int
    going: list[UUID]


class NotificationsRead(Request):
    """Everything up to this moment has been seen."""

    until: Timestamp


class StorageShare(Contract):
    """What a domain keeps: `bytes` in the object store, or of rows before their indexes.

    The trash is part of `items` and `bytes`. `estimated`: counted in a sample.
    """

    domain: str
    items: int
    bytes: int
    trash_items: int = 0
    trash_bytes: int = 0
    estimated: bool = False


class Storage(Contract):
    """What the tenant keeps, domain by domain."""

    shares: list[StorageShare]
