"""Turns an Authorization header into a context, with a short memory so that hot paths stay hot."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from maestro_ml.contracts.identity import UserKind
from maestro_ml.server.identity.basic import BasicCredentials
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
    """Checks credentials against the database, at most once in `cache_seconds` each.

    A revocation takes effect at once in the process that did it, and within `cache_seconds` in others.
    """

    def __init__(
        self,
        units: UnitsOfWork,
        tokens: AccessTokens,
        basic: BasicCredentials,
        *,
        cache_seconds: float,
    ) -> None:
        self._units = units
        self._tokens = tokens
        self._basic = basic
        self._cache_seconds = cache_seconds
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._pending: dict[str, asyncio.Task[_Known]] = {}

    async def authenticate(
        self,
        authorization: str,
        request_id: str,
        on_guess: Callable[[], None] | None = None,
    ) -> Context:
        """The caller's context.

        `on_guess` is called before a password is checked, and may raise; without one no password is.
        Raises Unauthenticated, LoginFailed, TokenInvalid, TokenExpired or TokenRevoked.
        """
        scheme, _, token = authorization.partition(" ")
        scheme = scheme.lower()
        if scheme not in ("bearer", "basic") or not token:
            raise Unauthenticated("Send the token as 'Authorization: Bearer …'.")
        key = token if scheme == "bearer" else self._basic.digest(token)
        known = self._known.get(key)
        if known is None or known.until < time.monotonic():
            known = await self._once(
                key,
                lambda: (
                    self._look_up(token)
                    if scheme == "bearer"
                    else self._look_up_basic(token, on_guess)
                ),
            )
        if known.expires_at is not None and known.expires_at <= now():
            raise TokenExpired(f"The token has expired. {_NEW_KEY}")
        context = known.context
        return Context(context.tenant_id, context.actor, context.permissions, request_id)

    def forget(self) -> None:
        """Drop everything remembered, so that a revocation takes effect at once."""
        self._known.clear()
        self._pending.clear()

    def session_of(self, authorization: str) -> UUID | None:
        """The login session behind an access token; None for an API key."""
        token = authorization.partition(" ")[2]
        return None if token.startswith(API_KEY_PREFIX) else self._tokens.read(token).session_id

    async def _once(self, key: str, look_up: Callable[[], Coroutine[Any, Any, _Known]]) -> _Known:
        """One look-up for all who ask at the same time: a thousand clients may share a key."""
        task = self._pending.get(key)
        if task is None:
            task = self._pending[key] = asyncio.create_task(look_up())
            task.add_done_callback(lambda done: self._settle(key, done))
        # Whoever gives up leaves it to the others.
        return await asyncio.shield(task)

    def _settle(self, key: str, done: asyncio.Task[_Known]) -> None:
        """Remember what was found, unless all was forgotten in the meantime."""
        if self._pending.get(key) is done:
            del self._pending[key]
            if not done.cancelled() and done.exception() is None:
                self._remember(key, done.result())

    def _remember(self, key: str, known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
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

    async def _look_up_basic(self, encoded: str, on_guess: Callable[[], None] | None) -> _Known:
        _, secret = self._basic.decode(encoded)
        if secret.startswith(API_KEY_PREFIX):
            return await self._look_up(secret)
        if on_guess is None:
            raise Unauthenticated("A password is not taken here; send a token or an API key.")
        return self._admit(await self._basic.grant(encoded, on_guess), None, None)

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
