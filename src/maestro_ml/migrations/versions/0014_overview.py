"""How far people have read their notifications."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE notification_mark (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          user_id uuid NOT NULL,
          read_until timestamptz NOT NULL,
          CONSTRAINT pk_notification_mark PRIMARY KEY (tenant_id, user_id),
          CONSTRAINT fk_notification_mark_tenant_id_user_id FOREIGN KEY (tenant_id, user_id)
            REFERENCES membership ON DELETE CASCADE
        )
        """
    )
    isolate("notification_mark")
