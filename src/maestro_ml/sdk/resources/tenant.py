"""The tenant that the client's credential is for."""

from __future__ import annotations

from maestro_ml.contracts.identity import TenantSettings, TenantUpdate
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class OwnTenant:
    """`client.tenant`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> TenantSettings:
        """The tenant and its settings."""
        return self._transport.request("GET", api("tenant"), TenantSettings)

    def update(self, *, name: str | None = None, trash_days: int | None = None) -> TenantSettings:
        """Change what is given; `trash_days` of 0 let nobody but people empty the trash.

        Raises PermissionDenied, Conflict when another tenant has the name.
        """
        body = TenantUpdate(name=name, trash_days=trash_days)
        return self._transport.request("PATCH", api("tenant"), TenantSettings, body=body)
