"""MLflow protocol: the datasets that runs read, and what its tracking endpoints ask in one call."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import tracking_inputs_0007, tracking_runs_0007
from maestro_ml.migrations.tenancy import isolate

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TENANT = "uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid"


def upgrade() -> None:
    _datasets()
    tracking_runs_0007.create()
    tracking_inputs_0007.create()


def _datasets() -> None:
    op.execute(
        f"""
        CREATE TABLE input_dataset (
          tenant_id {_TENANT},
          id uuid NOT NULL,
          experiment_id bigint NOT NULL,
          name text NOT NULL,
          digest text NOT NULL,
          source_type text NOT NULL,
          source text NOT NULL,
          schema text NOT NULL,
          profile text NOT NULL,
          CONSTRAINT pk_input_dataset PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_input_dataset_tenant_id_experiment_id_name_digest
            UNIQUE (tenant_id, experiment_id, name, digest),
          CONSTRAINT fk_input_dataset_tenant_id_experiment_id FOREIGN KEY (tenant_id, experiment_id)
            REFERENCES experiment ON DELETE CASCADE
        )
        """
    )
    isolate("input_dataset")
    op.execute(
        f"""
        CREATE TABLE run_dataset (
          tenant_id {_TENANT},
          run_id uuid NOT NULL,
          dataset_id uuid NOT NULL,
          place integer NOT NULL,
          tags jsonb NOT NULL,
          CONSTRAINT pk_run_dataset PRIMARY KEY (tenant_id, run_id, dataset_id),
          CONSTRAINT fk_run_dataset_tenant_id_run_id FOREIGN KEY (tenant_id, run_id)
            REFERENCES run ON DELETE CASCADE,
          CONSTRAINT fk_run_dataset_tenant_id_dataset_id FOREIGN KEY (tenant_id, dataset_id)
            REFERENCES input_dataset ON DELETE CASCADE
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_run_dataset_tenant_id_dataset_id ON run_dataset (tenant_id, dataset_id)"
    )
    isolate("run_dataset")
