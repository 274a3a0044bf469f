"""Explanations of model versions."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE explanation (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          version_id uuid NOT NULL,
          kind text NOT NULL,
          digest text NOT NULL,
          question jsonb NOT NULL,
          job_id uuid,
          created_at timestamptz NOT NULL,
          created_by text NOT NULL,
          finished_at timestamptz,
          CONSTRAINT pk_explanation PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_explanation_tenant_id_version_id_digest
            UNIQUE (tenant_id, version_id, digest),
          CONSTRAINT fk_explanation_tenant_id_version_id FOREIGN KEY (tenant_id, version_id)
            REFERENCES model_version ON DELETE CASCADE
        )
        """
    )
    isolate("explanation")
