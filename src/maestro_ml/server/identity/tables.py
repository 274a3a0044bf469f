"""Tenants, users and their credentials as tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class TenantRow(Base):
    """An organisation; visible to itself."""

    __tablename__ = "tenant"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    # Nothing is thrown away by itself unless an administrator wants it.
    trash_days: Mapped[int] = mapped_column(server_default="0")


class UserRow(Base):
    """A person or a service account; visible to the tenants it is a member of."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]


class MembershipRow(TenantScoped, Base):
    """The role of a user in a tenant; deactivated, not deleted, when somebody leaves."""

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], ondelete="CASCADE"),
        Index(None, "user_id"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class LoginSessionRow(TenantScoped, Base):
    """One login; its access tokens and refresh tokens live and die with it."""

    __tablename__ = "login_session"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["membership.tenant_id", "membership.user_id"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshTokenRow(TenantScoped, Base):
    """A refresh token by its hash; a second use of one revokes the session."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["login_session.tenant_id", "login_session.id"],
            ondelete="CASCADE",
        ),
        Index(None, "token_hash", unique=True),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKeyRow(TenantScoped, Base):
    """An API key by the hash of its secret."""

    __tablename__ = "api_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["membership.tenant_id", "membership.user_id"],
            ondelete="CASCADE",
        ),
        Index(None, "secret_hash", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[Any] | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
