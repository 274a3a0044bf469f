"""Tenants: from the operator's side bootstrap, create, issue a token; from their own, settings."""

from __future__ import annotations

import secrets
from datetime import timedelta

from maestro_ml.contracts.identity import (
    ApiKey,
    ApiKeyId,
    Role,
    Tenant,
    TenantId,
    TenantSettings,
    TenantUpdate,
    User,
    UserId,
    UserKind,
)
from maestro_ml.server.identity.errors import TenantNameTaken, TenantNotFound
from maestro_ml.server.identity.passwords import Passwords
from maestro_ml.server.identity.repository import IdentityRepository
from maestro_ml.server.identity.tokens import fingerprint, new_api_key
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.ids import new_id

_KEY_DAYS = 365


class TenantService:
    """What the operator does, with direct access to the database, and what a tenant does itself."""

    def __init__(self, units: UnitsOfWork, passwords: Passwords) -> None:
        self._units = units
        self._passwords = passwords

    async def bootstrap(self, *, email: str) -> tuple[str, str] | None:
        """Make the first tenant and its administrator: (password, API key).

        None when there is a tenant already.
        """
        password = secrets.token_urlsafe(12)
        password_hash = await self._passwords.hash(password)
        async with self._units.system(reason="the installation is empty") as unit:
            repository = IdentityRepository(unit.session)
            if await repository.tenants():
                return None
            tenant = _new_tenant("default")
            user = _new_user(UserKind.PERSON, email, "Administrator", Role.ADMIN)
            repository.add_tenant(tenant)
            repository.add_user(user, password_hash=password_hash)
            await repository.add_membership(tenant.id, user.id, user.role)
            unit.record("identity.tenant.created", "tenant", tenant.id, tenant_id=tenant.id)
            return password, _add_key(unit, tenant.id, user.id, "first start")

    async def create(self, name: str) -> str:
        """Make a tenant with an administrating service account; its API key.

        Raises TenantNameTaken.
        """
        async with self._units.system(reason="the operator creates a tenant") as unit:
            repository = IdentityRepository(unit.session)
            if await repository.find_tenant(name=name):
                raise TenantNameTaken(f"The tenant {name} exists. Choose another name.")
            tenant = _new_tenant(name)
            repository.add_tenant(tenant)
            unit.record("identity.tenant.created", "tenant", tenant.id, tenant_id=tenant.id)
            await unit.session.flush()
            return await self._service_account(unit, tenant, Role.TENANT_ADMIN)

    async def issue_token(self, tenant_name: str, role: Role) -> str:
        """An API key of a new service account with `role`. Raises TenantNotFound."""
        async with self._units.system(reason="the operator issues a token") as unit:
            tenant = await IdentityRepository(unit.session).find_tenant(name=tenant_name)
            if tenant is None:
                raise TenantNotFound(
                    f"There is no tenant {tenant_name}. `maestro admin create-tenant` makes one."
                )
            return await self._service_account(unit, tenant, role)

    async def get(self, unit: UnitOfWork) -> TenantSettings:
        """The caller's tenant."""
        tenant = await IdentityRepository(unit.session).find_settings(unit.context.tenant_id)
        if tenant is None:
            raise TenantNotFound("Your tenant is gone. Ask the operator of this installation.")
        return tenant

    async def update(self, unit: UnitOfWork, body: TenantUpdate) -> TenantSettings:
        """Change what is given of the caller's tenant. Raises TenantNameTaken."""
        before = await self.get(unit)
        given = body.model_dump(exclude_none=True)
        changes = {key: value for key, value in given.items() if value != getattr(before, key)}
        if not changes:
            return before
        async with unit.elevated(reason="the name of a tenant is unique among all"):
            repository = IdentityRepository(unit.session)
            if "name" in changes and await repository.find_tenant(name=changes["name"]):
                raise TenantNameTaken(f"The tenant {body.name} exists. Choose another name.")
            await repository.change_tenant(before.id, changes)
        unit.record(
            "identity.tenant.updated",
            "tenant",
            before.id,
            before=before.model_dump(mode="json", include=set(changes)),
            after=changes,
        )
        return before.model_copy(update=changes)

    async def list(self) -> list[Tenant]:
        """All tenants, the oldest first."""
        async with self._units.system(reason="work that is done for every tenant") as unit:
            return await IdentityRepository(unit.session).tenants()

    async def _service_account(self, unit: UnitOfWork, tenant: Tenant, role: Role) -> str:
        repository = IdentityRepository(unit.session)
        email = f"{role.value}-{secrets.token_hex(4)}@{tenant.id}"
        user = _new_user(UserKind.SERVICE, email, f"{role.value} token", role)
        repository.add_user(user, password_hash=None)
        await repository.add_membership(tenant.id, user.id, role)
        return _add_key(unit, tenant.id, user.id, "operator")


def _new_tenant(name: str) -> Tenant:
    return Tenant(id=TenantId(new_id()), name=name, created_at=now())


def _new_user(kind: UserKind, email: str, name: str, role: Role) -> User:
    return User(
        id=UserId(new_id()),
        kind=kind,
        email=email,
        name=name,
        role=role,
        active=True,
        created_at=now(),
    )


def _add_key(unit: UnitOfWork, tenant_id: TenantId, user_id: UserId, name: str) -> str:
    secret = new_api_key()
    key = ApiKey(
        id=ApiKeyId(new_id()),
        name=name,
        prefix=secret[:12],
        scopes=None,
        user_id=user_id,
        created_at=now(),
        expires_at=now() + timedelta(days=_KEY_DAYS),
        last_used_at=None,
        revoked_at=None,
    )
    IdentityRepository(unit.session).add_api_key(tenant_id, key, secret_hash=fingerprint(secret))
    unit.record(
        "identity.api_key.created", "api_key", key.id, after={"name": name}, tenant_id=tenant_id
    )
    return secret
