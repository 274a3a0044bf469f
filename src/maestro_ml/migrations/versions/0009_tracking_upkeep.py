"""Upkeep of tracking: finished runs wait to be compacted."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import tracking_compaction_0009
from maestro_ml.migrations.tenancy import isolate

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE metric_chunk ADD COLUMN packed boolean NOT NULL DEFAULT false")
    # Packing empties this table again and again: its room is to be used again soon.
    op.execute(
        "ALTER TABLE metric_point SET (autovacuum_vacuum_scale_factor = 0.05, "
        "autovacuum_vacuum_threshold = 10000)"
    )
    op.execute(
        """
        CREATE TABLE uncompacted_run (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          run_id uuid NOT NULL,
          since timestamptz NOT NULL,
          CONSTRAINT pk_uncompacted_run PRIMARY KEY (tenant_id, run_id)
        )
        """
    )
    isolate("uncompacted_run")
    # The owner itself is held in by forced row-level security; the system role is not.
    op.execute("SET LOCAL ROLE maestro_system")
    op.execute(
        "INSERT INTO uncompacted_run (tenant_id, run_id, since) "
        "SELECT tenant_id, id, now() FROM run WHERE ended_at IS NOT NULL"
    )
    op.execute("RESET ROLE")
    tracking_compaction_0009.create()
