"""AutoML searches that are over, and what each of them evaluated."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE automl_search (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          dataset text NOT NULL,
          version integer NOT NULL,
          target text NOT NULL,
          task text NOT NULL,
          metric text NOT NULL,
          group_column text,
          time_column text,
          row_count integer NOT NULL,
          column_count integer NOT NULL,
          meta_features jsonb NOT NULL,
          time_budget double precision NOT NULL,
          max_trials integer,
          seed bigint NOT NULL,
          seconds double precision NOT NULL,
          cancelled boolean NOT NULL,
          start jsonb NOT NULL,
          source text NOT NULL,
          eligible boolean NOT NULL,
          arm text,
          propensity double precision,
          draw_seed bigint,
          evaluations integer NOT NULL,
          best_score double precision,
          best_standard_error double precision,
          finished_at timestamptz NOT NULL,
          CONSTRAINT pk_automl_search PRIMARY KEY (tenant_id, id),
          CONSTRAINT ck_automl_search_draw CHECK ((arm IS NULL) = (propensity IS NULL))
        )
        """
    )
    op.execute(
        """
        CREATE INDEX ix_automl_search_task
          ON automl_search (tenant_id, dataset, version, target, metric, best_score)
        """
    )
    isolate("automl_search")
    op.execute(
        """
        CREATE TABLE automl_evaluation (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          search_id uuid NOT NULL,
          position integer NOT NULL,
          name text NOT NULL,
          family text NOT NULL,
          params jsonb NOT NULL,
          status text NOT NULL,
          reason text,
          score double precision,
          standard_error double precision,
          fit_seconds double precision,
          ended_at double precision,
          CONSTRAINT pk_automl_evaluation PRIMARY KEY (tenant_id, search_id, position),
          CONSTRAINT fk_automl_evaluation_tenant_id_search_id FOREIGN KEY (tenant_id, search_id)
            REFERENCES automl_search ON DELETE CASCADE
        )
        """
    )
    isolate("automl_evaluation")
