"""Datasets and their immutable versions."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import isolate

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE dataset (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          name text NOT NULL,
          description text NOT NULL,
          tags jsonb NOT NULL,
          last_version integer NOT NULL,
          created_at timestamptz NOT NULL,
          created_by uuid,
          created_by_name text NOT NULL,
          deleted_at timestamptz,
          CONSTRAINT pk_dataset PRIMARY KEY (tenant_id, id)
        )
        """
    )
    # What is in the trash leaves its name to others.
    op.execute(
        "CREATE UNIQUE INDEX ix_dataset_tenant_id_name ON dataset (tenant_id, name) "
        "WHERE deleted_at IS NULL"
    )
    isolate("dataset")
    op.execute(
        """
        CREATE TABLE dataset_version (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          dataset_id uuid NOT NULL,
          number integer NOT NULL,
          rows bigint NOT NULL,
          columns jsonb NOT NULL,
          bytes bigint NOT NULL,
          content_sha256 text NOT NULL,
          source text NOT NULL,
          source_format text NOT NULL,
          source_bytes bigint NOT NULL,
          source_sha256 text NOT NULL,
          git_commit text,
          profile jsonb NOT NULL,
          created_at timestamptz NOT NULL,
          created_by uuid,
          created_by_name text NOT NULL,
          CONSTRAINT pk_dataset_version PRIMARY KEY (tenant_id, id),
          CONSTRAINT uq_dataset_version_tenant_id_dataset_id_number
            UNIQUE (tenant_id, dataset_id, number),
          CONSTRAINT fk_dataset_version_tenant_id_dataset_id FOREIGN KEY (tenant_id, dataset_id)
            REFERENCES dataset ON DELETE CASCADE
        )
        """
    )
    # A version never changes; it only goes, with its dataset.
    isolate("dataset_version", app=["SELECT", "INSERT", "DELETE"])
