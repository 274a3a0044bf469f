"""Views of run tables that people saved under a name."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE run_view (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          experiment_id bigint NOT NULL,
          name text NOT NULL,
          author text NOT NULL,
          state jsonb NOT NULL,
          updated_at timestamptz NOT NULL,
          CONSTRAINT pk_run_view PRIMARY KEY (tenant_id, id),
          CONSTRAINT fk_run_view_tenant_id_experiment_id FOREIGN KEY (tenant_id, experiment_id)
            REFERENCES experiment ON DELETE CASCADE,
          CONSTRAINT uq_run_view_tenant_id_experiment_id_name
            UNIQUE (tenant_id, experiment_id, name)
        )
        """
    )
    isolate("run_view")
