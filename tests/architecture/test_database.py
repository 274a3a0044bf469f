"""What the database itself guarantees: schema equals code, tenants are isolated, audit is append-only."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.support.tenant import TenantFactory

from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.db import TenantScoped, UnitsOfWork
from maestro_ml.server.tables import metadata
from maestro_ml.server.wiring import Platform

NOT_OF_A_TENANT = {"alembic_version"}


def test_the_migrations_make_what_the_code_declares(installation: Installation) -> None:
    url = installation.database_url.replace("postgresql", "postgresql+psycopg", 1)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": False})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert not [each for each in differences if "alembic_version" not in str(each)]


def test_every_table_has_forced_row_level_security(
    installation: Installation, owner_connection: psycopg.Connection
) -> None:
    found = owner_connection.execute(
        """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
               (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        """
    ).fetchall()
    assert len(found) > len(NOT_OF_A_TENANT)
    assert not [
        table
        for table, forced, policies in found
        if table not in NOT_OF_A_TENANT and not (forced and policies >= 2)
    ]


def test_the_application_role_owns_nothing_and_bypasses_nothing(
    installation: Installation, owner_connection: psycopg.Connection
) -> None:
    found = owner_connection.execute(
        """
        SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin,
               (SELECT count(*) FROM pg_class WHERE relowner = r.oid)
        FROM pg_roles r WHERE rolname IN ('maestro_app', 'maestro_system')
        """
    ).fetchall()
    assert sorted(found) == [("maestro_app", False, 0), ("maestro_system", False, 0)]


def test_every_tenant_table_of_the_code_is_keyed_by_its_tenant() -> None:
    for mapper in TenantScoped.__subclasses__():
        assert next(iter(mapper.__table__.primary_key)).name == "tenant_id"  # type: ignore[attr-defined]


async def test_without_a_tenant_nothing_is_visible(platform: Platform) -> None:
    async with platform.database.engine.connect() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM membership"))
    assert count == 0


async def test_a_session_without_a_tenant_refuses_to_work(platform: Platform) -> None:
    async with platform.database.session() as session:
        with pytest.raises(RuntimeError, match="needs a tenant"):
            await session.execute(text("SELECT 1"))


async def test_a_row_of_another_tenant_cannot_be_written(
    tenants: TenantFactory, platform: Platform
) -> None:
    unit = await (await tenants.create()).unit()
    async with unit:
        with pytest.raises(DBAPIError, match="row-level security"):
            await unit.session.execute(
                text(
                    "INSERT INTO idempotency_key (tenant_id, actor_id, key, fingerprint) "
                    "VALUES (:tenant, :tenant, 'k', 'f')"
                ),
                {"tenant": uuid4()},
            )
        await unit.session.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "UPDATE unsealed_audit_entry SET action = 'x'",
        "DELETE FROM unsealed_audit_entry",
    ],
)
async def test_the_audit_log_cannot_be_changed(tenants: TenantFactory, change: str) -> None:
    unit = await (await tenants.create()).unit()
    async with unit:
        with pytest.raises(DBAPIError, match="permission denied"):
            await unit.session.execute(text(change))
        await unit.session.rollback()


def test_not_even_the_owner_changes_the_audit_log(
    installation: Installation, owner_connection: psycopg.Connection
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner_connection.execute("DELETE FROM audit_event")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET actor_name = 'somebody else' WHERE tenant_id = %s AND seq = 2",
        "DELETE FROM audit_event WHERE tenant_id = %s AND seq = 2",
    ],
)
async def test_a_forged_event_breaks_the_chain(
    tenants: TenantFactory, platform: Platform, owner_connection: psycopg.Connection, change: str
) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    context = await tenant.context()
    assert (await client.get("/api/v1/audit/verification")).json()["broken_at"] is None
    # Whoever owns the server's files can do this; the chain is what gives them away.
    owner_connection.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    owner_connection.execute("ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY")
    try:
        assert owner_connection.execute(change.encode(), [context.tenant_id]).rowcount == 1
    finally:
        owner_connection.execute("ALTER TABLE audit_event FORCE ROW LEVEL SECURITY")
        owner_connection.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    broken = (await client.get("/api/v1/audit/verification")).json()["broken_at"]
    assert broken == (2 if change.startswith("UPDATE") else 3)


def test_units_of_work_name_their_reason(platform: Platform) -> None:
    assert isinstance(platform.units, UnitsOfWork)
    with pytest.raises(ValueError, match="reason"):
        platform.units.system(reason="")
