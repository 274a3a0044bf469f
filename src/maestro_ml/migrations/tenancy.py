"""Row-level security, as every migration applies it: forced, fail-closed, under roles that own nothing."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

# The subquery is evaluated once per statement, not once per row; an unset tenant matches nothing.
CURRENT_TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"
ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")


def create_roles() -> None:
    """Create the roles of the application and of cross-tenant work, once per PostgreSQL cluster.

    The migrating user becomes a member of both, so that its connections can take them on.
    """
    for role in ("maestro_app", "maestro_system"):
        op.execute(
            f"""
            DO $$ BEGIN
              CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
            """
        )
        op.execute(
            f"""
            DO $$ BEGIN
              IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                EXECUTE format('GRANT {role} TO %I', current_user);
              END IF;
            END $$
            """
        )
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")


def isolate(table: str, *, app: Sequence[str] = ALL, using: str | None = None) -> None:
    """Force row-level security on `table`: the application sees its tenant, the system role sees all.

    app: what the application's role may do; leave UPDATE and DELETE out for what is append-only.
    using: the condition for visible rows; by default the row's `tenant_id` is the current tenant.
    """
    visible = using or f"tenant_id = {CURRENT_TENANT}"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant_isolation ON {table} TO maestro_app "
        f"USING ({visible}) WITH CHECK ({visible})"
    )
    op.execute(f"CREATE POLICY every_tenant ON {table} TO maestro_system USING (true)")
    op.execute(f"GRANT {', '.join(app)} ON {table} TO maestro_app")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO maestro_system")
