"""The members of a tenant: add, list, change the role, deactivate and activate."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import (
    Me,
    Permission,
    Role,
    User,
    UserCreate,
    UserId,
    UserKind,
)
from maestro_ml.server.identity.authenticator import TokenAuthenticator
from maestro_ml.server.identity.errors import (
    EmailTaken,
    LastAdministrator,
    PasswordRequired,
    RoleNotAssignable,
    UserNotFound,
)
from maestro_ml.server.identity.passwords import Passwords
from maestro_ml.server.identity.repository import IdentityRepository
from maestro_ml.server.identity.roles import ROLE_PERMISSIONS
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.paging import decode_cursor, to_page

_ADMINISTRATORS = (Role.TENANT_ADMIN, Role.ADMIN)


class UserService:
    """User management inside the caller's tenant."""

    def __init__(self, passwords: Passwords, authenticator: TokenAuthenticator) -> None:
        self._passwords = passwords
        self._authenticator = authenticator

    async def me(self, unit: UnitOfWork) -> Me:
        """The caller's user, tenant and permissions."""
        repository = IdentityRepository(unit.session)
        context = unit.context
        user = await repository.find_user(context.tenant_id, context.actor.id or UUID(int=0))
        tenant = await repository.find_tenant(id=context.tenant_id)
        if user is None or tenant is None:
            raise UserNotFound("Your account is gone. Ask an administrator.")
        return Me(user=user, tenant=tenant, permissions=sorted(context.permissions))

    async def create(self, unit: UnitOfWork, body: UserCreate) -> User:
        """Add a new account to the tenant. Raises EmailTaken, PasswordRequired, RoleNotAssignable."""
        require_assignable(unit.context, body.role)
        password = body.password.get_secret_value() if body.password else None
        if body.kind is UserKind.PERSON and password is None:
            return await self._add_known(unit, body)
        user = User(
            id=UserId(new_id()),
            kind=body.kind,
            email=body.email,
            name=body.name,
            role=body.role,
            active=True,
            created_at=now(),
        )
        password_hash = await self._passwords.hash(password) if password is not None else None
        async with unit.elevated(reason="an e-mail address is unique across tenants"):
            repository = IdentityRepository(unit.session)
            if await repository.find_account(body.email):
                raise EmailTaken(
                    f"There is an account for {body.email}. Leave the password out to add it."
                )
            repository.add_user(
                user, password_hash=password_hash if body.kind is UserKind.PERSON else None
            )
            await repository.add_membership(unit.context.tenant_id, user.id, user.role)
        unit.record(
            "identity.user.created",
            "user",
            user.id,
            after={"email": user.email, "role": user.role.value, "kind": user.kind.value},
        )
        return user

    async def set_role(self, unit: UnitOfWork, user_id: UUID, role: Role) -> User:
        """Change a member's role. Raises UserNotFound, RoleNotAssignable, LastAdministrator."""
        require_assignable(unit.context, role)
        user = await self._get(unit, user_id)
        require_assignable(unit.context, user.role)
        if role not in _ADMINISTRATORS:
            await self._keep_an_administrator(unit, user)
        repository = IdentityRepository(unit.session)
        await repository.set_membership(unit.context.tenant_id, user_id, role=role)
        unit.record(
            "identity.user.role_changed",
            "user",
            user_id,
            before={"role": user.role.value},
            after={"role": role.value},
        )
        await unit.commit()
        self._authenticator.forget()
        return user.model_copy(update={"role": role})

    async def deactivate(self, unit: UnitOfWork, user_id: UUID) -> None:
        """End a member's access; their history stays. Raises UserNotFound, LastAdministrator."""
        user = await self._get(unit, user_id)
        require_assignable(unit.context, user.role)
        await self._keep_an_administrator(unit, user)
        repository = IdentityRepository(unit.session)
        await repository.set_membership(unit.context.tenant_id, user_id, active=False)
        unit.record("identity.user.deactivated", "user", user_id, before={"active": user.active})
        await unit.commit()
        self._authenticator.forget()

    async def activate(self, unit: UnitOfWork, user_id: UUID) -> User:
        """Give a member access again, with the role of before. Raises UserNotFound."""
        user = await self._get(unit, user_id)
        require_assignable(unit.context, user.role)
        repository = IdentityRepository(unit.session)
        await repository.set_membership(unit.context.tenant_id, user_id, active=True)
        unit.record("identity.user.activated", "user", user_id, before={"active": user.active})
        return user.model_copy(update={"active": True})

    async def list(self, unit: UnitOfWork, *, limit: int, cursor: str | None) -> Page[User]:
        """A page of the tenant's members."""
        key = decode_cursor(cursor, parts=1)
        found = await IdentityRepository(unit.session).list_users(
            unit.context.tenant_id, limit=limit + 1, after=UUID(key[0]) if key else None
        )
        return to_page(found, limit, lambda user: [str(user.id)])

    async def _add_known(self, unit: UnitOfWork, body: UserCreate) -> User:
        """Let a person in who has an account, and so a password, in another tenant."""
        tenant_id = unit.context.tenant_id
        async with unit.elevated(reason="the account is of another tenant"):
            repository = IdentityRepository(unit.session)
            account = await repository.find_account(body.email)
            if account is None or account.password_hash is None:
                raise PasswordRequired("Give a first password; the person can log in with it.")
            if await repository.find_user(tenant_id, account.id):
                raise EmailTaken(f"{body.email} is a member already; give them access again.")
            await repository.add_membership(tenant_id, account.id, body.role)
            user = await repository.find_user(tenant_id, account.id)
        assert user is not None
        after = {"email": user.email, "role": user.role.value}
        unit.record("identity.user.joined", "user", user.id, after=after)
        return user

    async def _get(self, unit: UnitOfWork, user_id: UUID) -> User:
        user = await IdentityRepository(unit.session).find_user(unit.context.tenant_id, user_id)
        if user is None:
            raise UserNotFound(f"There is no user {user_id} here. `maestro users list` shows all.")
        return user

    async def _keep_an_administrator(self, unit: UnitOfWork, leaving: User) -> None:
        if leaving.role not in _ADMINISTRATORS or not leaving.active:
            return
        left = await IdentityRepository(unit.session).lock_administrators(unit.context.tenant_id)
        if set(left) <= {leaving.id}:
            raise LastAdministrator(
                f"{leaving.email} is the tenant's last administrator. Make somebody else one first."
            )


def require_assignable(context: Context, role: Role) -> None:
    """Nobody handles a role that permits more than their own. Raises RoleNotAssignable."""
    beyond = ROLE_PERMISSIONS[role] - context.permissions
    if beyond:
        named = ", ".join(sorted(Permission(p).value for p in beyond)[:3])
        raise RoleNotAssignable(
            f"The role {role.value} permits more than you hold ({named}). Ask an administrator."
        )
