"""What belongs to an account in all of its tenants: name, password, logins, memberships."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.identity import (
    Membership,
    PasswordChange,
    User,
    UserId,
    UserKind,
)
from maestro_ml.server.identity.authenticator import TokenAuthenticator
from maestro_ml.server.identity.errors import (
    LoginRequired,
    PasswordNotYours,
    PasswordWrong,
    UserNotFound,
)
from maestro_ml.server.identity.passwords import Passwords
from maestro_ml.server.identity.repository import IdentityRepository
from maestro_ml.server.identity.repository_accounts import AccountRepository
from maestro_ml.server.identity.users import require_assignable
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork


class AccountService:
    """Changes accounts in units of its own, since an account is not of one tenant."""

    def __init__(
        self, units: UnitsOfWork, passwords: Passwords, authenticator: TokenAuthenticator
    ) -> None:
        self._units = units
        self._passwords = passwords
        self._authenticator = authenticator

    async def rename(self, context: Context, authorization: str, name: str) -> User:
        """Change the caller's own name. Raises LoginRequired."""
        self._session_of(authorization)
        user_id = _caller(context)
        async with self._units.system(reason="an account is seen in all of its tenants") as unit:
            user = await IdentityRepository(unit.session).find_user(context.tenant_id, user_id)
            if user is None:
                raise UserNotFound("Your account is gone. Ask an administrator.")
            await AccountRepository(unit.session).set_name(user_id, name)
            _record(unit, context, "identity.user.renamed", user_id, {"name": user.name}, name)
        return user.model_copy(update={"name": name})

    async def change_password(
        self, context: Context, authorization: str, body: PasswordChange
    ) -> None:
        """Set the caller's password and end their other logins. Raises LoginRequired, PasswordWrong."""
        session_id = self._session_of(authorization)
        user_id = _caller(context)
        password_hash = await self._passwords.hash(body.new_password.get_secret_value())
        async with self._units.system(reason="an account is logged in in all tenants") as unit:
            accounts = AccountRepository(unit.session)
            stored = await accounts.password_hash(user_id)
            if not await self._passwords.verify(body.current_password.get_secret_value(), stored):
                raise PasswordWrong("Type the password that you logged in with; nothing changed.")
            await accounts.set_password_hash(user_id, password_hash)
            await accounts.revoke_sessions(user_id, but=session_id)
            _record(unit, context, "identity.user.password_changed", user_id)
        self._authenticator.forget()

    async def reset_password(self, context: Context, user_id: UUID, password: str) -> None:
        """Give a member another password and end their logins; their API keys stay.

        Raises UserNotFound, RoleNotAssignable, PasswordNotYours for one who is in other tenants, too.
        """
        password_hash = await self._passwords.hash(password)
        async with self._units.system(reason="an account may belong to other tenants") as unit:
            user = await IdentityRepository(unit.session).find_user(context.tenant_id, user_id)
            if user is None or user.kind is not UserKind.PERSON:
                raise UserNotFound(
                    f"There is no person {user_id} here. `maestro users list` shows all."
                )
            require_assignable(context, user.role)
            accounts = AccountRepository(unit.session)
            elsewhere = await accounts.tenant_ids(user_id) - {context.tenant_id}
            if elsewhere or user_id == context.actor.id:
                raise PasswordNotYours(
                    f"{user.email} belongs to other organisations, too: they change their password "
                    "themselves, after a login."
                    if elsewhere
                    else "This is your own account: change your password under Settings."
                )
            await accounts.set_password_hash(user_id, password_hash)
            await accounts.revoke_sessions(user_id, but=None)
            _record(unit, context, "identity.user.password_reset", user_id)
        self._authenticator.forget()

    async def end_sessions(
        self, context: Context, authorization: str, *, keep_current: bool
    ) -> None:
        """End the caller's logins everywhere. Raises LoginRequired."""
        session_id = self._session_of(authorization)
        user_id = _caller(context)
        async with self._units.system(reason="an account is logged in in all tenants") as unit:
            await AccountRepository(unit.session).revoke_sessions(
                user_id, but=session_id if keep_current else None
            )
            _record(unit, context, "identity.user.sessions_ended", user_id)
        self._authenticator.forget()

    async def memberships(self, context: Context) -> list[Membership]:
        """The tenants of the caller, the oldest membership first."""
        async with self._units.system(reason="a person may belong to several tenants") as unit:
            return await AccountRepository(unit.session).memberships(_caller(context))

    def _session_of(self, authorization: str) -> UUID:
        session_id = self._authenticator.session_of(authorization)
        if session_id is None:
            raise LoginRequired("An API key cannot do this. Log in with your password first.")
        return session_id


def _caller(context: Context) -> UserId:
    user_id = context.actor.id
    assert user_id is not None
    return UserId(user_id)


def _record(
    unit: UnitOfWork,
    context: Context,
    action: str,
    user_id: UUID,
    before: dict[str, str] | None = None,
    name: str | None = None,
) -> None:
    unit.record(
        action,
        "user",
        user_id,
        before=before,
        after=None if name is None else {"name": name},
        tenant_id=context.tenant_id,
        actor=context.actor,
    )
