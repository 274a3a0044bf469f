"""The SQL of what belongs to an account rather than to a tenant; for system sessions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.identity import Membership, Role, Tenant, TenantId
from maestro_ml.server.identity.tables import (
    LoginSessionRow,
    MembershipRow,
    TenantRow,
    UserRow,
)
from maestro_ml.server.kernel.clock import now


class AccountRepository:
    """One account in all of its tenants."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def password_hash(self, user_id: UUID) -> str | None:
        """The stored hash; None for a service account."""
        return await self._session.scalar(
            select(UserRow.password_hash).where(UserRow.id == user_id)
        )

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """Replace the stored hash."""
        await self._session.execute(
            update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash)
        )

    async def set_name(self, user_id: UUID, name: str) -> None:
        """Replace the name that others see."""
        await self._session.execute(update(UserRow).where(UserRow.id == user_id).values(name=name))

    async def memberships(self, user_id: UUID) -> list[Membership]:
        """The active ones, the oldest first."""
        found = await self._session.execute(
            select(TenantRow, MembershipRow.role)
            .join(MembershipRow, MembershipRow.tenant_id == TenantRow.id)
            .where(MembershipRow.user_id == user_id, MembershipRow.active)
            .order_by(MembershipRow.created_at)
        )
        return [
            Membership(
                tenant=Tenant(id=TenantId(row.id), name=row.name, created_at=row.created_at),
                role=Role(role),
            )
            for row, role in found
        ]

    async def tenant_ids(self, user_id: UUID) -> set[UUID]:
        """Every tenant that the account is or was a member of."""
        found = await self._session.scalars(
            select(MembershipRow.tenant_id).where(MembershipRow.user_id == user_id)
        )
        return set(found)

    async def revoke_sessions(self, user_id: UUID, *, but: UUID | None) -> int:
        """End the account's logins, except for `but`; how many."""
        query = update(LoginSessionRow).where(
            LoginSessionRow.user_id == user_id, LoginSessionRow.revoked_at.is_(None)
        )
        if but is not None:
            query = query.where(LoginSessionRow.id != but)
        ended = await self._session.scalars(
            query.values(revoked_at=now()).returning(LoginSessionRow.id)
        )
        return len(ended.all())
