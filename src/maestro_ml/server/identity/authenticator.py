"""Turns an Authorization header into a context, with a short memory so that hot paths stay hot."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.identity import UserKind
from maestro_ml.server.identity.errors import TokenExpired, TokenInvalid, TokenRevoked
from maestro_ml.server.identity.repository import Grant, IdentityRepository
from maestro_ml.server.identity.roles import ROLE_PERMISSIONS
from maestro_ml.server.identity.tokens import API_KEY_PREFIX, AccessTokens, fingerprint
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Actor, ActorKind, Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.errors import Unauthenticated

_REMEMBERED = 10_000
_NEW_KEY = "Make a new one with `maestro keys create` or POST /api/v1/auth/api-keys."


@dataclass(frozen=True, slots=True)
class _Known:
    context: Context
    session_id: UUID | None
    expires_at: datetime | None
    until: float


class TokenAuthenticator:
    """Checks access tokens and API keys against the database, at most once in `cache_seconds` each.

    A revocation takes effect at once in the process that did it, and within `cache_seconds` in others.
    """

    def __init__(self, units: UnitsOfWork, tokens: AccessTokens, *, cache_seconds: float) -> None:
        self._units = units
        self._tokens = tokens
        self._cache_seconds = cache_seconds
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def authenticate(self, authorization: str, request_id: str) -> Context:
        """The caller's context.

        Raises Unauthenticated, TokenInvalid, TokenExpired or TokenRevoked.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Send the token as 'Authorization: Bearer …'.")
        known = self._known.get(token)
        if known is None or known.until < time.monotonic():
            known = await self._look_up(token)
            self._remember(token, known)
        if known.expires_at is not None and known.expires_at <= now():
            raise TokenExpired(f"The token has expired. {_NEW_KEY}")
        return replace(known.context, request_id=request_id)

    def forget(self) -> None:
        """Drop everything remembered, so that a revocation takes effect at once."""
        self._known.clear()

    def session_of(self, authorization: str) -> UUID | None:
        """The login session behind an access token; None for an API key."""
        token = authorization.partition(" ")[2]
        return None if token.startswith(API_KEY_PREFIX) else self._tokens.read(token).session_id

    def _remember(self, token: str, known: _Known) -> None:
        self._known[token] = known
        self._known.move_to_end(token)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    async def _look_up(self, token: str) -> _Known:
        if token.startswith(API_KEY_PREFIX):
            async with self._units.system(reason="a key is looked up before its tenant") as unit:
                grant = await IdentityRepository(unit.session).grant_of_api_key(fingerprint(token))
            return self._admit(grant, None, None)
        claims = self._tokens.read(token)
        async with self._units.system(reason="a session is looked up before its tenant") as unit:
            grant = await IdentityRepository(unit.session).grant_of_session(
                claims.tenant_id, claims.session_id
            )
        return self._admit(grant, claims.session_id, claims.expires_at)

    def _admit(
        self, grant: Grant | None, session_id: UUID | None, expires_at: datetime | None
    ) -> _Known:
        if grant is None:
            raise TokenInvalid(f"This credential is unknown here. {_NEW_KEY}")
        if grant.revoked:
            raise TokenRevoked(f"This credential has been revoked. {_NEW_KEY}")
        if not grant.user.active:
            raise TokenRevoked("This account has been deactivated. Ask an administrator.")
        permissions = ROLE_PERMISSIONS[grant.user.role]
        if grant.scopes is not None:
            permissions = permissions & grant.scopes
        kind = ActorKind.USER if grant.user.kind is UserKind.PERSON else ActorKind.SERVICE
        return _Known(
            context=Context(
                tenant_id=grant.tenant_id,
                actor=Actor(kind, grant.user.id, grant.user.email),
                permissions=permissions,
                request_id="",
            ),
            session_id=session_id,
            expires_at=expires_at or grant.expires_at,
            until=time.monotonic() + self._cache_seconds,
        )
