"""Whether the platform is well, as it crosses the wire."""

from __future__ import annotations

from maestro_ml.contracts.base import Contract


class About(Contract):
    """What answers here."""

    name: str
    version: str
    status: str


class Component(Contract):
    """One part of the platform: `ok` or `unavailable`, and how long it took to say so."""

    status: str
    milliseconds: float


class Health(Contract):
    """`ok` only if every component is."""

    status: str
    components: dict[str, Component]
