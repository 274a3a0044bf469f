"""All SQL of identity.

Logins and tokens are looked up before the tenant is known, so their queries run in system units and
name the tenant themselves where they know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.identity import (
    ApiKey,
    ApiKeyId,
    Permission,
    Role,
    Tenant,
    TenantId,
    TenantSettings,
    User,
    UserId,
    UserKind,
)
from maestro_ml.server.identity.tables import (
    ApiKeyRow,
    LoginSessionRow,
    MembershipRow,
    RefreshTokenRow,
    TenantRow,
    UserRow,
)
from maestro_ml.server.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Account:
    """A user with the password's hash, for the login alone."""

    id: UserId
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid credential stands for."""

    user: User
    tenant_id: TenantId
    scopes: frozenset[Permission] | None
    expires_at: datetime | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class RefreshState:
    """A refresh token and its session, locked for the exchange."""

    tenant_id: TenantId
    user_id: UserId
    session_id: UUID
    expires_at: datetime
    used: bool
    revoked: bool
    active: bool


class IdentityRepository:
    """Rows of tenants, users and credentials as contracts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    # Tenants

    def add_tenant(self, tenant: Tenant) -> None:
        """Insert a tenant."""
        self._session.add(TenantRow(id=tenant.id, name=tenant.name, created_at=tenant.created_at))

    async def find_tenant(
        self, *, name: str | None = None, id: UUID | None = None
    ) -> Tenant | None:
        """The tenant with this name or id."""
        query = select(TenantRow)
        query = query.where(TenantRow.name == name) if name is not None else query
        query = query.where(TenantRow.id == id) if id is not None else query
        row = await self._session.scalar(query)
        return None if row is None else _to_tenant(row)

    async def find_settings(self, tenant_id: UUID) -> TenantSettings | None:
        """A tenant with its settings."""
        row = await self._session.get(TenantRow, tenant_id)
        if row is None:
            return None
        return TenantSettings(**dict(_to_tenant(row)), trash_days=row.trash_days)

    async def change_tenant(self, tenant_id: UUID, changes: Mapping[str, object]) -> None:
        """Set columns of a tenant, in a session that sees all of them."""
        query = update(TenantRow).where(TenantRow.id == tenant_id).values(**changes)
        await self._session.execute(query)

    async def tenants(self) -> list[Tenant]:
        """All tenants, oldest first."""
        rows = await self._session.scalars(select(TenantRow).order_by(TenantRow.created_at))
        return [_to_tenant(row) for row in rows]

    # Users

    def add_user(self, user: User, *, password_hash: str | None) -> None:
        """Insert an account; its membership is added apart."""
        self._session.add(
            UserRow(
                id=user.id,
                kind=user.kind.value,
                email=user.email,
                name=user.name,
                password_hash=password_hash,
                created_at=user.created_at,
            )
        )

    async def add_membership(self, tenant_id: UUID, user_id: UUID, role: Role) -> None:
        """Make the user an active member of the tenant."""
        await self._session.flush()
        self._session.add(
            MembershipRow(
                tenant_id=tenant_id, user_id=user_id, role=role.value, active=True, created_at=now()
            )
        )
        await self._session.flush()

    async def find_account(self, email: str) -> Account | None:
        """The account behind an e-mail address, in whichever tenant."""
        row = await self._session.scalar(select(UserRow).where(UserRow.email == email))
        return None if row is None else Account(UserId(row.id), row.password_hash)

    async def find_user(self, tenant_id: UUID, user_id: UUID) -> User | None:
        """A member of the tenant, active or not."""
        found = (
            await self._session.execute(_members(tenant_id).where(MembershipRow.user_id == user_id))
        ).first()
        return None if found is None else _to_user(found)

    async def list_users(self, tenant_id: UUID, *, limit: int, after: UUID | None) -> list[User]:
        """Members in the order they were created."""
        query = _members(tenant_id).order_by(UserRow.id).limit(limit)
        if after is not None:
            query = query.where(UserRow.id > after)
        return [_to_user(row) for row in await self._session.execute(query)]

    async def memberships(self, user_id: UUID) -> list[Tenant]:
        """The tenants of which the user is an active member, the oldest membership first."""
        rows = await self._session.scalars(
            select(TenantRow)
            .join(MembershipRow, MembershipRow.tenant_id == TenantRow.id)
            .where(MembershipRow.user_id == user_id, MembershipRow.active)
            .order_by(MembershipRow.created_at)
        )
        return [_to_tenant(row) for row in rows]

    async def set_membership(
        self,
        tenant_id: UUID,
        user_id: UUID,
        *,
        role: Role | None = None,
        active: bool | None = None,
    ) -> None:
        """Change a member's role or whether they are active."""
        changes = {
            **({} if role is None else {"role": role.value}),
            **({} if active is None else {"active": active}),
        }
        await self._session.execute(
            update(MembershipRow)
            .where(MembershipRow.tenant_id == tenant_id, MembershipRow.user_id == user_id)
            .values(**changes)
        )

    async def lock_administrators(self, tenant_id: UUID) -> list[UUID]:
        """The active administrators of a tenant, locked so that two cannot demote each other."""
        rows = await self._session.scalars(
            select(MembershipRow.user_id)
            .where(
                MembershipRow.tenant_id == tenant_id,
                MembershipRow.active,
                MembershipRow.role.in_([Role.TENANT_ADMIN.value, Role.ADMIN.value]),
            )
            .with_for_update()
        )
        return list(rows)

    # Sessions

    def add_session(
        self, tenant_id: UUID, user_id: UUID, session_id: UUID, *, expires_at: datetime
    ) -> None:
        """Insert a login."""
        self._session.add(
            LoginSessionRow(
                tenant_id=tenant_id,
                id=session_id,
                user_id=user_id,
                created_at=now(),
                expires_at=expires_at,
            )
        )

    async def add_refresh_token(self, tenant_id: UUID, session_id: UUID, token_hash: bytes) -> None:
        """Insert an unused refresh token of a session."""
        await self._session.flush()
        self._session.add(
            RefreshTokenRow(
                tenant_id=tenant_id,
                token_hash=token_hash,
                session_id=session_id,
                created_at=now(),
            )
        )

    async def lock_refresh_token(self, token_hash: bytes) -> RefreshState | None:
        """The token's state; a second exchange of the same token waits for the first."""
        found = (
            await self._session.execute(
                select(RefreshTokenRow, LoginSessionRow, MembershipRow.active)
                .join(
                    LoginSessionRow,
                    (LoginSessionRow.tenant_id == RefreshTokenRow.tenant_id)
                    & (LoginSessionRow.id == RefreshTokenRow.session_id),
                )
                .join(
                    MembershipRow,
                    (MembershipRow.tenant_id == LoginSessionRow.tenant_id)
                    & (MembershipRow.user_id == LoginSessionRow.user_id),
                )
                .where(RefreshTokenRow.token_hash == token_hash)
                .with_for_update(of=RefreshTokenRow)
            )
        ).first()
        if found is None:
            return None
        token, session, active = found
        return RefreshState(
            tenant_id=TenantId(session.tenant_id),
            user_id=UserId(session.user_id),
            session_id=session.id,
            expires_at=session.expires_at,
            used=token.used_at is not None,
            revoked=session.revoked_at is not None,
            active=active,
        )

    async def mark_used(self, token_hash: bytes) -> None:
        """The refresh token has been exchanged."""
        await self._session.execute(
            update(RefreshTokenRow)
            .where(RefreshTokenRow.token_hash == token_hash)
            .values(used_at=now())
        )

    async def revoke_session(self, tenant_id: UUID, session_id: UUID) -> None:
        """End a login with all its tokens."""
        await self._session.execute(
            update(LoginSessionRow)
            .where(LoginSessionRow.tenant_id == tenant_id, LoginSessionRow.id == session_id)
            .values(revoked_at=func.coalesce(LoginSessionRow.revoked_at, now()))
        )

    async def delete_sessions(self, *, ended_before: datetime) -> int:
        """Delete logins that expired or were revoked before, with their tokens; how many."""
        ended = func.least(LoginSessionRow.expires_at, LoginSessionRow.revoked_at)
        gone = await self._session.scalars(
            delete(LoginSessionRow).where(ended < ended_before).returning(LoginSessionRow.id)
        )
        return len(gone.all())

    async def grant_of_session(self, tenant_id: UUID, session_id: UUID) -> Grant | None:
        """What an access token of this login stands for."""
        found = (
            await self._session.execute(
                _members(tenant_id)
                .add_columns(LoginSessionRow.revoked_at, LoginSessionRow.expires_at)
                .join(
                    LoginSessionRow,
                    (LoginSessionRow.tenant_id == MembershipRow.tenant_id)
                    & (LoginSessionRow.user_id == MembershipRow.user_id),
                )
                .where(LoginSessionRow.id == session_id)
            )
        ).first()
        if found is None:
            return None
        return Grant(
            _to_user(found),
            TenantId(tenant_id),
            None,
            found.expires_at,
            found.revoked_at is not None,
        )

    # API keys

    def add_api_key(self, tenant_id: UUID, key: ApiKey, *, secret_hash: bytes) -> None:
        """Insert a key."""
        self._session.add(
            ApiKeyRow(
                tenant_id=tenant_id,
                id=key.id,
                user_id=key.user_id,
                name=key.name,
                prefix=key.prefix,
                secret_hash=secret_hash,
                scopes=None if key.scopes is None else [scope.value for scope in key.scopes],
                created_at=key.created_at,
                expires_at=key.expires_at,
            )
        )

    async def list_api_keys(self, user_id: UUID, *, limit: int, after: UUID | None) -> list[ApiKey]:
        """The user's keys in the session's tenant, revoked ones included."""
        query = select(ApiKeyRow).where(ApiKeyRow.user_id == user_id).order_by(ApiKeyRow.id)
        if after is not None:
            query = query.where(ApiKeyRow.id > after)
        return [_to_api_key(row) for row in await self._session.scalars(query.limit(limit))]

    async def revoke_api_key(self, user_id: UUID, key_id: UUID) -> ApiKey | None:
        """Revoke the user's key; None if there is no such key."""
        row = await self._session.scalar(
            select(ApiKeyRow).where(ApiKeyRow.user_id == user_id, ApiKeyRow.id == key_id)
        )
        if row is None:
            return None
        row.revoked_at = row.revoked_at or now()
        return _to_api_key(row)

    async def grant_of_api_key(self, secret_hash: bytes) -> Grant | None:
        """What the key with this hash stands for."""
        found = (
            await self._session.execute(
                _members(None)
                .add_columns(ApiKeyRow)
                .join(
                    ApiKeyRow,
                    (ApiKeyRow.tenant_id == MembershipRow.tenant_id)
                    & (ApiKeyRow.user_id == MembershipRow.user_id),
                )
                .where(ApiKeyRow.secret_hash == secret_hash)
            )
        ).first()
        if found is None:
            return None
        key: ApiKeyRow = found.ApiKeyRow
        key.last_used_at = now()
        scopes = None if key.scopes is None else frozenset(map(Permission, key.scopes))
        return Grant(
            _to_user(found),
            TenantId(key.tenant_id),
            scopes,
            key.expires_at,
            key.revoked_at is not None,
        )


def _members(tenant_id: UUID | None) -> Select[UserRow, MembershipRow]:
    query = select(UserRow, MembershipRow).join(MembershipRow, MembershipRow.user_id == UserRow.id)
    return query if tenant_id is None else query.where(MembershipRow.tenant_id == tenant_id)


def _to_tenant(row: TenantRow) -> Tenant:
    return Tenant(id=TenantId(row.id), name=row.name, created_at=row.created_at)


def _to_user(found: Row[UserRow, MembershipRow]) -> User:
    account, membership = found[0], found[1]
    return User(
        id=UserId(account.id),
        kind=UserKind(account.kind),
        email=account.email,
        name=account.name,
        role=Role(membership.role),
        active=membership.active,
        created_at=account.created_at,
    )


def _to_api_key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=ApiKeyId(row.id),
        name=row.name,
        prefix=row.prefix,
        scopes=None if row.scopes is None else [Permission(scope) for scope in row.scopes],
        user_id=UserId(row.user_id),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
