"""Models, versions, aliases and their history."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TENANT = "uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid"


def upgrade() -> None:
    _models()
    _history()


def _models() -> None:
    op.execute(
        f"""
        CREATE TABLE registered_model (
          tenant_id {_TENANT},
          id uuid NOT NULL,
          name text NOT NULL,
          description text NOT NULL,
          tags jsonb NOT NULL,
          last_version integer NOT NULL,
          created_at timestamptz NOT NULL,
          created_by text NOT NULL,
          updated_at timestamptz NOT NULL,
          CONSTRAINT pk_registered_model PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_registered_model_tenant_id_name UNIQUE (tenant_id, name)
        )
        """
    )
    isolate("registered_model")
    op.execute(
        f"""
        CREATE TABLE model_version (
          tenant_id {_TENANT},
          id uuid NOT NULL,
          model_id uuid NOT NULL,
          number integer NOT NULL,
          state text NOT NULL,
          stage text NOT NULL,
          description text NOT NULL,
          tags jsonb NOT NULL,
          source_run_id text,
          flavor text NOT NULL,
          signature jsonb,
          input_example jsonb,
          metrics jsonb NOT NULL,
          params jsonb NOT NULL,
          files jsonb NOT NULL,
          size_bytes bigint NOT NULL,
          sha256 text NOT NULL,
          created_at timestamptz NOT NULL,
          created_by text NOT NULL,
          updated_at timestamptz NOT NULL,
          CONSTRAINT pk_model_version PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_model_version_tenant_id_model_id_number
            UNIQUE (tenant_id, model_id, number),
          CONSTRAINT fk_model_version_tenant_id_model_id FOREIGN KEY (tenant_id, model_id)
            REFERENCES registered_model ON DELETE CASCADE
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_model_version_tenant_id_source_run_id "
        "ON model_version (tenant_id, source_run_id)"
    )
    isolate("model_version")
    op.execute(
        f"""
        CREATE TABLE model_alias (
          tenant_id {_TENANT},
          model_id uuid NOT NULL,
          alias text NOT NULL,
          version_id uuid NOT NULL,
          CONSTRAINT pk_model_alias PRIMARY KEY (tenant_id, model_id, alias),
          CONSTRAINT fk_model_alias_tenant_id_model_id FOREIGN KEY (tenant_id, model_id)
            REFERENCES registered_model ON DELETE CASCADE,
          CONSTRAINT fk_model_alias_tenant_id_version_id FOREIGN KEY (tenant_id, version_id)
            REFERENCES model_version ON DELETE CASCADE
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_model_alias_tenant_id_version_id ON model_alias (tenant_id, version_id)"
    )
    isolate("model_alias")


def _history() -> None:
    # No foreign key: the history outlives what it tells of.
    op.execute(
        f"""
        CREATE TABLE model_event (
          tenant_id {_TENANT},
          id uuid NOT NULL,
          model_id uuid NOT NULL,
          model text NOT NULL,
          at timestamptz NOT NULL,
          actor text NOT NULL,
          kind text NOT NULL,
          version integer,
          alias text,
          stage text,
          previous text,
          CONSTRAINT pk_model_event PRIMARY KEY (tenant_id, id)
        )
        """
    )
    op.execute(
        "CREATE INDEX ix_model_event_tenant_id_model_id_id ON model_event (tenant_id, model_id, id)"
    )
    op.execute(
        "CREATE INDEX ix_model_event_tenant_id_model_id ON model_event (tenant_id, model, id)"
    )
    isolate("model_event", app=["SELECT", "INSERT"])
    op.execute("REVOKE UPDATE, DELETE ON model_event FROM maestro_system")
