"""Whether the platform is well, as it crosses the wire."""

from __future__ import annotations

from maestro_ml.contracts.base import Contract, Timestamp


class About(Contract):
    """What answers here."""

    name: str
    version: str
    status: str


class Component(Contract):
    """One part of the platform: `ok` or `unavailable`, how long it took to say so, and figures."""

    status: str
    milliseconds: float
    figures: dict[str, float | bool | None] | None = None


class Health(Contract):
    """`ok` only if every component is."""

    status: str
    components: dict[str, Component]


class Space(Contract):
    """Bytes of a disk or of what lies on it."""

    total: int
    free: int


class SystemReport(Contract):
    """The installation as its operator sees it; sizes in bytes, `started_at` of this process."""

    version: str
    python: str
    platform: str
    postgres: str
    environment: str
    home: str
    started_at: Timestamp
    memory_bytes: int
    disk: Space
    database_bytes: int
    health: Health
    jobs: dict[str, int]
    workers: int


class Limits(Contract):
    """The settings of the installation that its users meet; 0 requests mean no limit.

    automl_open: searches of a tenant that are queued or running, 0 for no limit. automl_seconds: the
    longest search. automl_cold_share: of the searches that could start warm, those that do not.
    """

    registration: bool
    access_minutes: int
    refresh_days: int
    login_per_minute: int
    api_per_minute: int
    ingest_per_minute: int
    automl_per_hour: int
    automl_open: int
    automl_seconds: int
    automl_cold_share: float
    upload_bytes: int
    job_seconds: int
    job_memory_mb: int
