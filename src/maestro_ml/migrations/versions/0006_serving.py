"""Deployments and the model versions behind them."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TENANT = "uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid"


def upgrade() -> None:
    op.execute(
        f"""
        CREATE TABLE deployment (
          tenant_id {_TENANT},
          id uuid NOT NULL,
          name text NOT NULL,
          state text NOT NULL,
          idle_seconds double precision,
          error text,
          created_at timestamptz NOT NULL,
          created_by text NOT NULL,
          updated_at timestamptz NOT NULL,
          CONSTRAINT pk_deployment PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_deployment_tenant_id_name UNIQUE (tenant_id, name)
        )
        """
    )
    isolate("deployment")
    # No cascade from the version: what serves requests cannot be deleted under them.
    op.execute(
        f"""
        CREATE TABLE deployment_route (
          tenant_id {_TENANT},
          deployment_id uuid NOT NULL,
          version_id uuid NOT NULL,
          weight integer NOT NULL,
          CONSTRAINT pk_deployment_route PRIMARY KEY (tenant_id, deployment_id, version_id),
          CONSTRAINT fk_deployment_route_tenant_id_deployment_id
            FOREIGN KEY (tenant_id, deployment_id) REFERENCES deployment ON DELETE CASCADE,
          CONSTRAINT fk_deployment_route_tenant_id_version_id
            FOREIGN KEY (tenant_id, version_id) REFERENCES model_version
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_deployment_route_tenant_id_version_id "
        "ON deployment_route (tenant_id, version_id)"
    )
    isolate("deployment_route")
