"""MLflow protocol: logged models and what its registry needs."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import logged_models_0008, registry_0008
from maestro_ml.migrations.tenancy import isolate

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TENANT = "uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid"


def upgrade() -> None:
    _logged_models()
    _links()
    _artifacts()
    op.execute(
        "ALTER TABLE model_version ADD COLUMN source text, ADD COLUMN run_link text, "
        "ADD COLUMN logged_model_id text"
    )
    logged_models_0008.create()
    registry_0008.create()


def _logged_models() -> None:
    op.execute(
        f"""
        CREATE TABLE logged_model (
          tenant_id {_TENANT},
          id text NOT NULL,
          experiment_id bigint NOT NULL,
          name text NOT NULL,
          model_type text NOT NULL,
          status text NOT NULL,
          source_run_id text NOT NULL,
          params jsonb NOT NULL,
          tags jsonb NOT NULL,
          created_at timestamptz NOT NULL,
          updated_at timestamptz NOT NULL,
          deleted_at timestamptz,
          CONSTRAINT pk_logged_model PRIMARY KEY (tenant_id, id),
          CONSTRAINT fk_logged_model_tenant_id_experiment_id FOREIGN KEY (tenant_id, experiment_id)
            REFERENCES experiment ON DELETE CASCADE
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_logged_model_tenant_id_experiment_id_created_at_id "
        "ON logged_model (tenant_id, experiment_id, created_at, id)"
    )
    isolate("logged_model")
    op.execute(
        f"""
        CREATE TABLE logged_model_metric (
          tenant_id {_TENANT},
          model_id text NOT NULL,
          key text NOT NULL,
          at bigint NOT NULL,
          step bigint NOT NULL,
          run_id uuid NOT NULL,
          value double precision NOT NULL,
          dataset_name text,
          dataset_digest text,
          CONSTRAINT pk_logged_model_metric PRIMARY KEY (tenant_id, model_id, key, at, step, run_id),
          CONSTRAINT fk_logged_model_metric_tenant_id_model_id FOREIGN KEY (tenant_id, model_id)
            REFERENCES logged_model ON DELETE CASCADE
        )
        """
    )
    isolate("logged_model_metric")


def _links() -> None:
    # No foreign key to the model: a run tells of what it used, whatever became of it.
    op.execute(
        f"""
        CREATE TABLE run_model (
          tenant_id {_TENANT},
          run_id uuid NOT NULL,
          direction text NOT NULL,
          model_id text NOT NULL,
          step bigint NOT NULL,
          CONSTRAINT pk_run_model PRIMARY KEY (tenant_id, run_id, direction, model_id, step),
          CONSTRAINT fk_run_model_tenant_id_run_id FOREIGN KEY (tenant_id, run_id)
            REFERENCES run ON DELETE CASCADE
        )
        """
    )
    isolate("run_model")


def _artifacts() -> None:
    op.execute(
        f"""
        CREATE TABLE loose_artifact (
          tenant_id {_TENANT},
          path text NOT NULL COLLATE "C",
          size bigint NOT NULL,
          sha256 text,
          modified_at timestamptz NOT NULL,
          CONSTRAINT pk_loose_artifact PRIMARY KEY (tenant_id, path)
        )
        """
    )
    isolate("loose_artifact")
    # What went straight into a cloud's store was never hashed here.
    op.execute("ALTER TABLE run_artifact ALTER COLUMN sha256 DROP NOT NULL")
