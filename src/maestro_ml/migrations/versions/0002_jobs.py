"""Jobs, their output, and the queue that carries them."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _jobs()
    _queue()


def _jobs() -> None:
    op.execute(
        """
        CREATE TABLE job (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          kind text NOT NULL,
          payload jsonb NOT NULL,
          state text NOT NULL CONSTRAINT ck_job_state
            CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'lost')),
          progress jsonb NOT NULL,
          result jsonb,
          error jsonb,
          attempts integer NOT NULL,
          max_attempts integer NOT NULL,
          retry_of uuid,
          backoff_seconds float8 NOT NULL,
          limit_seconds integer NOT NULL,
          limit_memory_mb integer NOT NULL,
          peak_memory_mb float8,
          cpu_seconds float8,
          log_seq integer NOT NULL,
          log_bytes integer NOT NULL,
          worker text,
          created_by uuid,
          created_by_name text NOT NULL,
          permissions jsonb NOT NULL,
          request_id text NOT NULL,
          created_at timestamptz NOT NULL,
          started_at timestamptz,
          finished_at timestamptz,
          heartbeat_at timestamptz,
          cancel_requested_at timestamptz,
          CONSTRAINT pk_job PRIMARY KEY (tenant_id, id)
        ) WITH (fillfactor = 70)
        """
    )
    # No column that a heartbeat or a progress report touches is indexed: such updates stay in place.
    op.execute("CREATE INDEX ix_job_state ON job (state)")
    isolate("job")
    op.execute(
        """
        CREATE TABLE job_log (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          job_id uuid NOT NULL,
          seq integer NOT NULL,
          at timestamptz NOT NULL,
          stream text NOT NULL,
          text text NOT NULL,
          CONSTRAINT pk_job_log PRIMARY KEY (tenant_id, job_id, seq),
          CONSTRAINT fk_job_log_tenant_id_job_id FOREIGN KEY (tenant_id, job_id)
            REFERENCES job ON DELETE CASCADE
        )
        """
    )
    isolate("job_log")


def _queue() -> None:
    """procrastinate's tables, in a schema of their own; rows hold the ids of a tenant and a job."""
    # Every server loads all migrations to find the newest; only this one needs procrastinate.
    from procrastinate.schema import SchemaManager  # noqa: PLC0415

    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path TO queue")
    op.get_bind().exec_driver_sql(
        SchemaManager.get_schema(), execution_options={"no_parameters": True}
    )
    op.execute("SET LOCAL search_path TO public")
    for role in ("maestro_app", "maestro_system"):
        op.execute(f"GRANT USAGE ON SCHEMA queue TO {role}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO {role}")
        op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO {role}")
