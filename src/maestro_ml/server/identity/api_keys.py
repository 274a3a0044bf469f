"""API keys: shown once, stored hashed, scoped, expiring, revocable."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import (
    ApiKey,
    ApiKeyCreate,
    ApiKeyId,
    NewApiKey,
    UserId,
)
from maestro_ml.server.identity.authenticator import TokenAuthenticator
from maestro_ml.server.identity.errors import ApiKeyNotFound, ScopeNotHeld
from maestro_ml.server.identity.repository import IdentityRepository
from maestro_ml.server.identity.roles import ROLE_PERMISSIONS
from maestro_ml.server.identity.tokens import fingerprint, new_api_key
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.paging import decode_cursor, to_page

_SHOWN = 12


class ApiKeyService:
    """The caller's own keys."""

    def __init__(self, authenticator: TokenAuthenticator) -> None:
        self._authenticator = authenticator

    async def create(self, unit: UnitOfWork, body: ApiKeyCreate) -> NewApiKey:
        """A key for the caller; the answer is the only place that holds its secret.

        Raises ScopeNotHeld.
        """
        user_id = _caller(unit)
        beyond = set(body.scopes or ()) - unit.context.permissions
        if beyond:
            named = ", ".join(sorted(scope.value for scope in beyond))
            raise ScopeNotHeld(f"You do not hold {named} yourself; leave it out of the scopes.")
        scopes = body.scopes
        if scopes is None and not await self._holds_whole_role(unit, user_id):
            # A narrowed key never begets a wider one.
            scopes = sorted(unit.context.permissions)
        secret = new_api_key()
        lifetime = body.expires_in_days
        key = NewApiKey(
            id=ApiKeyId(new_id()),
            name=body.name,
            prefix=secret[:_SHOWN],
            scopes=scopes,
            user_id=user_id,
            created_at=now(),
            expires_at=None if lifetime is None else now() + timedelta(days=lifetime),
            last_used_at=None,
            revoked_at=None,
            secret=secret,
        )
        IdentityRepository(unit.session).add_api_key(
            unit.context.tenant_id, key, secret_hash=fingerprint(secret)
        )
        unit.record(
            "identity.api_key.created",
            "api_key",
            key.id,
            after=key.model_dump(mode="json", include={"name", "prefix", "scopes", "expires_at"}),
        )
        return key

    async def list(self, unit: UnitOfWork, *, limit: int, cursor: str | None) -> Page[ApiKey]:
        """A page of the caller's keys, without their secrets."""
        after = decode_cursor(cursor, parts=1)
        found = await IdentityRepository(unit.session).list_api_keys(
            _caller(unit), limit=limit + 1, after=UUID(after[0]) if after else None
        )
        return to_page(found, limit, lambda key: [str(key.id)])

    async def revoke(self, unit: UnitOfWork, key_id: UUID) -> None:
        """End a key of the caller's at once. Raises ApiKeyNotFound."""
        key = await IdentityRepository(unit.session).revoke_api_key(_caller(unit), key_id)
        if key is None:
            raise ApiKeyNotFound(f"You have no key {key_id}. `maestro keys list` shows yours.")
        unit.record("identity.api_key.revoked", "api_key", key_id, before={"name": key.name})
        await unit.commit()
        self._authenticator.forget()

    async def _holds_whole_role(self, unit: UnitOfWork, user_id: UserId) -> bool:
        user = await IdentityRepository(unit.session).find_user(unit.context.tenant_id, user_id)
        return user is not None and unit.context.permissions == ROLE_PERMISSIONS[user.role]


def _caller(unit: UnitOfWork) -> UserId:
    user_id = unit.context.actor.id
    assert user_id is not None
    return UserId(user_id)
