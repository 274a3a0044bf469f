"""Whether the platform is well, as it crosses the wire."""

from __future__ import annotations

from maestro_ml.contracts.base import Contract


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
