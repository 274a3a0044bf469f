"""Whether the server lives, and whether all that it needs answers."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from maestro_ml.contracts.base import Contract
from maestro_ml.sdk.transport import Transport


class Liveness(Contract):
    """The process answers."""

    status: str


class Component(Contract):
    """One part that the server needs: `state` is "ok" or says what is wrong."""

    state: str
    milliseconds: float | None = None


class Readiness(Contract):
    """`status` is "ready" once every component is; the database, the object store, the queue, …"""

    status: str
    components: dict[str, Component]

    @property
    def is_ready(self) -> bool:
        """Whether requests will be served."""
        return self.status == "ready"


class Health:
    """`client.health`; needs no credentials."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def live(self) -> Liveness:
        """That the process answers. Raises ConnectionFailed."""
        return self._transport.request("GET", "/health/live", Liveness)

    def ready(self) -> Readiness:
        """The state of each component; a server that is not ready is an answer, not an error."""
        return self._transport.request("GET", "/health/ready", Readiness, accept=[503])

    def clock(self) -> datetime | None:
        """The server's time to the second; None if it does not tell."""
        date = self._transport.header("/health/live", "date")
        return parsedate_to_datetime(date) if date else None
