"""Whether the server lives, and whether all that it needs answers."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from maestro_ml.contracts import health as contracts
from maestro_ml.sdk.transport import Transport


class Health:
    """`client.health`; needs no credentials."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def about(self) -> contracts.About:
        """Name and version of the server. Raises ConnectionFailed."""
        return self._transport.request("GET", "/", contracts.About)

    def live(self) -> contracts.Health:
        """That the process answers. Raises ConnectionFailed."""
        return self._transport.request("GET", "/health/live", contracts.Health)

    def ready(self) -> contracts.Health:
        """The state of each component; a server that is not ready is an answer, not an error."""
        return self._transport.request("GET", "/health/ready", contracts.Health, accept=[503])

    def clock(self) -> datetime | None:
        """The server's time to the second; None if it does not tell."""
        date = self._transport.header("/health/live", "date")
        return parsedate_to_datetime(date) if date else None
