"""The tables of tracking."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import tracking_metrics_0004, tracking_runs_0004
from maestro_ml.migrations.tenancy import isolate

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TENANT = "tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid"


def upgrade() -> None:
    _experiments()
    _runs()
    _metrics()
    _artifacts()
    _default_experiment()
    tracking_runs_0004.create()
    tracking_metrics_0004.create()


def _experiments() -> None:
    op.execute(
        f"""
        CREATE TABLE experiment_counter (
          {TENANT} CONSTRAINT pk_experiment_counter PRIMARY KEY,
          last_id bigint NOT NULL
        )
        """
    )
    isolate("experiment_counter")
    op.execute(
        f"""
        CREATE TABLE experiment (
          {TENANT} CONSTRAINT fk_experiment_tenant_id REFERENCES tenant ON DELETE CASCADE,
          id bigint NOT NULL,
          name text NOT NULL,
          artifact_location text,
          tags jsonb NOT NULL DEFAULT '{{}}',
          created_at timestamptz NOT NULL DEFAULT now(),
          updated_at timestamptz NOT NULL DEFAULT now(),
          deleted_at timestamptz,
          CONSTRAINT pk_experiment PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_experiment_tenant_id_name UNIQUE (tenant_id, name)
        )
        """
    )
    isolate("experiment")


def _runs() -> None:
    op.execute(
        f"""
        CREATE TABLE run (
          {TENANT},
          id uuid NOT NULL,
          experiment_id bigint NOT NULL,
          parent_run_id uuid,
          name text NOT NULL,
          status text NOT NULL,
          user_name text NOT NULL,
          params jsonb NOT NULL DEFAULT '{{}}',
          tags jsonb NOT NULL DEFAULT '{{}}',
          started_at timestamptz NOT NULL DEFAULT now(),
          ended_at timestamptz,
          deleted_at timestamptz,
          ver bigint NOT NULL DEFAULT 1,
          CONSTRAINT pk_run PRIMARY KEY (tenant_id, id),
          CONSTRAINT fk_run_tenant_id_experiment_id FOREIGN KEY (tenant_id, experiment_id)
            REFERENCES experiment ON DELETE CASCADE
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_run_tenant_id_experiment_id_started_at_id "
        "ON run (tenant_id, experiment_id, started_at, id)"
    )
    op.execute(
        "CREATE INDEX ix_run_tenant_id_parent_run_id_started_at_id "
        "ON run (tenant_id, parent_run_id, started_at, id) WHERE parent_run_id IS NOT NULL"
    )
    isolate("run")


def _metrics() -> None:
    op.execute(
        f"""
        CREATE TABLE run_metric (
          {TENANT},
          run_id uuid NOT NULL,
          key text NOT NULL,
          experiment_id bigint NOT NULL,
          series_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
          value double precision NOT NULL,
          step bigint NOT NULL,
          at bigint NOT NULL,
          CONSTRAINT pk_run_metric PRIMARY KEY (tenant_id, run_id, key)
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_run_metric_tenant_id_experiment_id_key_value_run_id "
        "ON run_metric (tenant_id, experiment_id, key, value, run_id)"
    )
    isolate("run_metric")
    op.execute(
        f"""
        CREATE TABLE metric_point (
          {TENANT},
          series_id bigint NOT NULL,
          step bigint NOT NULL,
          at bigint NOT NULL,
          value double precision NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_metric_point_series_id ON metric_point (series_id)")
    isolate("metric_point")
    op.execute(
        f"""
        CREATE TABLE metric_chunk (
          {TENANT},
          series_id bigint NOT NULL,
          steps bigint[] NOT NULL,
          ats bigint[] NOT NULL,
          vals double precision[] NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_metric_chunk_series_id ON metric_chunk (series_id)")
    isolate("metric_chunk")


def _artifacts() -> None:
    op.execute(
        f"""
        CREATE TABLE run_artifact (
          {TENANT},
          run_id uuid NOT NULL,
          path text NOT NULL COLLATE "C",
          size bigint NOT NULL,
          sha256 text NOT NULL,
          modified_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_run_artifact PRIMARY KEY (tenant_id, run_id, path),
          CONSTRAINT fk_run_artifact_tenant_id_run_id FOREIGN KEY (tenant_id, run_id)
            REFERENCES run ON DELETE CASCADE
        )
        """
    )
    isolate("run_artifact")


def _default_experiment() -> None:
    """Every tenant has experiment 0, so that no hot path has to make sure of it."""
    op.execute(
        """
        CREATE FUNCTION tracking_add_default() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO experiment_counter (tenant_id, last_id) VALUES (NEW.id, 0);
          INSERT INTO experiment (tenant_id, id, name) VALUES (NEW.id, 0, 'Default');
          RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER tenant_default_experiment AFTER INSERT ON tenant "
        "FOR EACH ROW EXECUTE FUNCTION tracking_add_default()"
    )
    # The owner itself is held in by forced row-level security; the system role is not.
    op.execute("SET LOCAL ROLE maestro_system")
    op.execute("INSERT INTO experiment_counter (tenant_id, last_id) SELECT id, 0 FROM tenant")
    op.execute("INSERT INTO experiment (tenant_id, id, name) SELECT id, 0, 'Default' FROM tenant")
    op.execute("RESET ROLE")
