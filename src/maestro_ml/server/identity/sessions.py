"""Register, log in, refresh, log out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from maestro_ml.contracts.identity import (
    AccessToken,
    Login,
    LoginMethods,
    Registration,
    Role,
    Tenant,
    TenantId,
    TokenPair,
    User,
    UserId,
    UserKind,
)
from maestro_ml.server.identity.authenticator import TokenAuthenticator
from maestro_ml.server.identity.errors import (
    EmailTaken,
    LoginFailed,
    LoginRequired,
    RegistrationClosed,
    TenantNameTaken,
    TenantNotFound,
    TokenExpired,
    TokenInvalid,
    TokenRevoked,
)
from maestro_ml.server.identity.passwords import Passwords
from maestro_ml.server.identity.repository import IdentityRepository, RefreshState
from maestro_ml.server.identity.tokens import AccessTokens, fingerprint, new_refresh_token
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Actor, ActorKind, Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.ids import new_id

_AGAIN = "Log in again: `maestro login` or POST /api/v1/auth/login."


class SessionService:
    """The life of a login; every method opens its own unit, since no tenant is known before."""

    def __init__(
        self,
        units: UnitsOfWork,
        passwords: Passwords,
        tokens: AccessTokens,
        authenticator: TokenAuthenticator,
        *,
        refresh_lifetime: timedelta,
        registration_open: bool,
    ) -> None:
        self._units = units
        self._passwords = passwords
        self._tokens = tokens
        self._authenticator = authenticator
        self._refresh_lifetime = refresh_lifetime
        self._registration_open = registration_open

    @property
    def methods(self) -> LoginMethods:
        """Which ways in there are."""
        return LoginMethods(password=True, registration=self._registration_open, providers=[])

    async def register(self, body: Registration) -> User:
        """Create a person and a tenant of their own. Raises RegistrationClosed, EmailTaken, TenantNameTaken."""
        if not self._registration_open:
            raise RegistrationClosed("Ask an administrator to add you: `maestro users create`.")
        password_hash = await self._passwords.hash(body.password.get_secret_value())
        tenant = Tenant(
            id=TenantId(new_id()), name=body.tenant_name or body.email, created_at=now()
        )
        user = User(
            id=UserId(new_id()),
            kind=UserKind.PERSON,
            email=body.email,
            name=body.name,
            role=Role.TENANT_ADMIN,
            active=True,
            created_at=now(),
        )
        async with self._units.system(reason="a new tenant has no context yet") as unit:
            repository = IdentityRepository(unit.session)
            if await repository.find_account(body.email):
                raise EmailTaken(f"There is an account for {body.email}. Log in, or use another.")
            if await repository.find_tenant(name=tenant.name):
                raise TenantNameTaken(f"The tenant {tenant.name} exists. Choose another name.")
            repository.add_tenant(tenant)
            repository.add_user(user, password_hash=password_hash)
            await repository.add_membership(tenant.id, user.id, user.role)
            unit.record(
                "identity.user.registered",
                "user",
                user.id,
                after={"email": user.email, "role": user.role.value},
                tenant_id=tenant.id,
                actor=Actor(ActorKind.USER, user.id, user.email),
            )
        return user

    async def login(self, body: Login) -> TokenPair:
        """A new session. Raises LoginFailed without saying what was wrong."""
        async with self._units.system(reason="a login finds its tenant") as unit:
            repository = IdentityRepository(unit.session)
            account = await repository.find_account(body.email)
            fits = await self._passwords.verify(
                body.password.get_secret_value(), account.password_hash if account else None
            )
            tenants = await repository.memberships(account.id) if account and fits else []
            wanted = [t for t in tenants if body.tenant in (None, t.name, str(t.id))]
            if account is None or not wanted:
                raise LoginFailed(
                    "The e-mail address, the password or the tenant is wrong. Check them, or ask an "
                    "administrator whether your account is active."
                )
            return await self._open(unit, wanted[0].id, account.id, body.email)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token, once.

        A token that comes a second time was stolen or copied: its whole session is revoked.
        Raises TokenInvalid, TokenExpired or TokenRevoked.
        """
        token_hash = fingerprint(refresh_token)
        async with self._units.system(reason="a refresh token finds its tenant") as unit:
            repository = IdentityRepository(unit.session)
            state = await repository.lock_refresh_token(token_hash)
            if state is not None and state.used and not state.revoked:
                await repository.revoke_session(state.tenant_id, state.session_id)
                unit.record(
                    "identity.session.reuse_detected",
                    "session",
                    state.session_id,
                    tenant_id=state.tenant_id,
                )
                self._authenticator.forget()
            elif state is not None and _exchangeable(state):
                await repository.mark_used(token_hash)
                return await self._issue(unit, state.tenant_id, state.user_id, state.session_id)
        raise _refusal(state)

    async def resume(self, refresh_token: str) -> AccessToken:
        """An access token for the login in a browser's cookie, which stays as it is.

        It is not exchanged as other refresh tokens are: a page that is reloaded meanwhile never sees
        the answer. Raises TokenInvalid, TokenExpired or TokenRevoked.
        """
        async with self._units.system(reason="a browser's cookie finds its tenant") as unit:
            repository = IdentityRepository(unit.session)
            state = await repository.lock_refresh_token(fingerprint(refresh_token))
        if state is None or not _exchangeable(state):
            raise _refusal(state)
        token = self._tokens.issue(
            user_id=state.user_id, tenant_id=state.tenant_id, session_id=state.session_id
        )
        return AccessToken(access_token=token, expires_in=self._expires_in)

    async def switch(self, context: Context, authorization: str, tenant: str) -> TokenPair:
        """Go on in another tenant of the caller's: a new login there instead of this one.

        tenant: its name or id. Raises LoginRequired, TenantNotFound.
        """
        session_id, user_id = self._authenticator.session_of(authorization), context.actor.id
        if session_id is None or user_id is None:
            raise LoginRequired("An API key is of one tenant. Log in to go to another one.")
        async with self._units.system(reason="a person goes from tenant to tenant") as unit:
            repository = IdentityRepository(unit.session)
            wanted = [
                each
                for each in await repository.memberships(user_id)
                if tenant in (each.name, str(each.id))
            ]
            if not wanted:
                raise TenantNotFound(
                    f"You belong to no tenant {tenant}. GET /api/v1/auth/memberships lists yours."
                )
            await repository.revoke_session(context.tenant_id, session_id)
            pair = await self._open(unit, wanted[0].id, UserId(user_id), context.actor.name)
        self._authenticator.forget()
        return pair

    async def logout(self, unit: UnitOfWork, authorization: str) -> None:
        """Revoke the session of the caller's access token; an API key has no session to end."""
        session_id = self._authenticator.session_of(authorization)
        if session_id is None:
            raise TokenInvalid("An API key cannot log out; revoke it: `maestro keys revoke`.")
        await IdentityRepository(unit.session).revoke_session(unit.context.tenant_id, session_id)
        unit.record("identity.session.ended", "session", session_id)
        await unit.commit()
        self._authenticator.forget()

    async def purge(self) -> int:
        """Delete logins that ended a day ago, with their refresh tokens; how many. For a periodic job."""
        async with self._units.system(reason="housekeeping of every tenant") as unit:
            repository = IdentityRepository(unit.session)
            return await repository.delete_sessions(ended_before=now() - timedelta(days=1))

    async def _open(
        self, unit: UnitOfWork, tenant_id: TenantId, user_id: UserId, email: str
    ) -> TokenPair:
        session_id = new_id()
        IdentityRepository(unit.session).add_session(
            tenant_id, user_id, session_id, expires_at=now() + self._refresh_lifetime
        )
        unit.record(
            "identity.session.started",
            "session",
            session_id,
            tenant_id=tenant_id,
            actor=Actor(ActorKind.USER, user_id, email),
        )
        return await self._issue(unit, tenant_id, user_id, session_id)

    @property
    def _expires_in(self) -> int:
        return int(self._tokens.lifetime.total_seconds())

    async def _issue(
        self, unit: UnitOfWork, tenant_id: TenantId, user_id: UserId, session_id: UUID
    ) -> TokenPair:
        refresh_token = new_refresh_token()
        await IdentityRepository(unit.session).add_refresh_token(
            tenant_id, session_id, fingerprint(refresh_token)
        )
        return TokenPair(
            access_token=self._tokens.issue(
                user_id=user_id, tenant_id=tenant_id, session_id=session_id
            ),
            refresh_token=refresh_token,
            expires_in=self._expires_in,
        )


def _exchangeable(state: RefreshState) -> bool:
    return not (state.used or state.revoked) and state.active and state.expires_at > now()


def _refusal(state: RefreshState | None) -> Exception:
    if state is None:
        return TokenInvalid(f"This refresh token is unknown. {_AGAIN}")
    if not (state.used or state.revoked) and state.expires_at <= now():
        return TokenExpired(f"The login is too old to be refreshed. {_AGAIN}")
    return TokenRevoked(f"This login has been ended. {_AGAIN}")
