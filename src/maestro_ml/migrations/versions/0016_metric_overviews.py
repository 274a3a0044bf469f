"""Overviews: what charts show of long histories, kept when their points are packed."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import tracking_overviews_0016
from maestro_ml.migrations.tenancy import isolate

revision = "0016"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE metric_overview (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          series_id bigint NOT NULL,
          points bigint NOT NULL,
          steps bigint[] NOT NULL,
          ats bigint[] NOT NULL,
          vals double precision[] NOT NULL,
          CONSTRAINT pk_metric_overview PRIMARY KEY (tenant_id, series_id)
        )
        """
    )
    isolate("metric_overview")
    tracking_overviews_0016.create()
