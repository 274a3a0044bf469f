"""API keys: what programs present instead of a password."""

from __future__ import annotations

from collections.abc import Sequence

from maestro_ml.contracts.identity import ApiKey, ApiKeyCreate, ApiKeyId, NewApiKey, Permission
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class ApiKeys:
    """`client.api_keys`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        *,
        scopes: Sequence[Permission] | None = None,
        expires_in_days: int | None = 365,
    ) -> NewApiKey:
        """A new key with all of the caller's permissions or only `scopes`; `secret` is shown once."""
        body = ApiKeyCreate(
            name=name,
            scopes=None if scopes is None else [*scopes],
            expires_in_days=expires_in_days,
        )
        return self._transport.request(
            "POST", api("auth", "api-keys"), NewApiKey, body=body, idempotent=False
        )

    def list(self) -> Pages[ApiKey]:
        """The caller's keys, without their secrets."""
        return Pages(self._transport, api("auth", "api-keys"), ApiKey)

    def revoke(self, key_id: ApiKeyId) -> None:
        """End a key at once. Raises NotFound."""
        self._transport.request("DELETE", api("auth", "api-keys", key_id))
