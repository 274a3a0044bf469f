"""The declarative base of every table, and the mark of tables that belong to a tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

utc_timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]


class Base(DeclarativeBase):
    """Constraint names are fixed by convention, so that a migration can name what it drops."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class TenantScoped:
    """A table whose rows belong to one tenant: its key begins with `tenant_id`.

    Two nets hold the rows in: the session adds the filter and stamps inserts, and forced row-level
    security (see `migrations/tenancy.py`) refuses whatever slips past it. Without a tenant in the
    session the column default fails, and with it the insert.
    """

    tenant_id: Mapped[UUID] = mapped_column(
        primary_key=True,
        server_default=text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
        sort_order=-1,
    )
