"""Roles, tenants, users, sessions, API keys, the audit chain and idempotency keys."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.tenancy import CURRENT_TENANT, create_roles, isolate

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_roles()
    _identity()
    _sessions()
    _audit()
    _audit_functions()
    _idempotency()


def _identity() -> None:
    op.execute(
        """
        CREATE TABLE tenant (
          id uuid CONSTRAINT pk_tenant PRIMARY KEY,
          name text NOT NULL CONSTRAINT uq_tenant_name UNIQUE,
          created_at timestamptz NOT NULL DEFAULT now(),
          trash_days integer NOT NULL DEFAULT 0
        )
        """
    )
    isolate("tenant", app=["SELECT"], using=f"id = {CURRENT_TENANT}")
    op.execute(
        """
        CREATE TABLE user_account (
          id uuid CONSTRAINT pk_user_account PRIMARY KEY,
          kind text NOT NULL,
          email text NOT NULL CONSTRAINT uq_user_account_email UNIQUE,
          name text NOT NULL,
          password_hash text,
          created_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    op.execute(
        """
        CREATE TABLE membership (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid
            CONSTRAINT fk_membership_tenant_id REFERENCES tenant ON DELETE CASCADE,
          user_id uuid NOT NULL
            CONSTRAINT fk_membership_user_id REFERENCES user_account ON DELETE CASCADE,
          role text NOT NULL,
          active boolean NOT NULL DEFAULT true,
          created_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_membership PRIMARY KEY (tenant_id, user_id)
        )
        """
    )
    op.execute("CREATE INDEX ix_membership_user_id ON membership (user_id)")
    isolate("membership")
    isolate(
        "user_account",
        app=["SELECT"],
        using="EXISTS (SELECT FROM membership m WHERE m.user_id = user_account.id)",
    )


def _sessions() -> None:
    op.execute(
        """
        CREATE TABLE login_session (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          user_id uuid NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          expires_at timestamptz NOT NULL,
          revoked_at timestamptz,
          CONSTRAINT pk_login_session PRIMARY KEY (tenant_id, id),
          CONSTRAINT fk_login_session_tenant_id_user_id FOREIGN KEY (tenant_id, user_id)
            REFERENCES membership ON DELETE CASCADE
        )
        """
    )
    isolate("login_session")
    op.execute(
        """
        CREATE TABLE refresh_token (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          token_hash bytea NOT NULL,
          session_id uuid NOT NULL,
          created_at timestamptz NOT NULL DEFAULT now(),
          used_at timestamptz,
          CONSTRAINT pk_refresh_token PRIMARY KEY (tenant_id, token_hash),
          CONSTRAINT fk_refresh_token_tenant_id_session_id FOREIGN KEY (tenant_id, session_id)
            REFERENCES login_session ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX ix_refresh_token_token_hash ON refresh_token (token_hash)")
    isolate("refresh_token")
    op.execute(
        """
        CREATE TABLE api_key (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id uuid NOT NULL,
          user_id uuid NOT NULL,
          name text NOT NULL,
          prefix text NOT NULL,
          secret_hash bytea NOT NULL,
          scopes jsonb,
          created_at timestamptz NOT NULL DEFAULT now(),
          expires_at timestamptz,
          last_used_at timestamptz,
          revoked_at timestamptz,
          CONSTRAINT pk_api_key PRIMARY KEY (tenant_id, id),
          CONSTRAINT fk_api_key_tenant_id_user_id FOREIGN KEY (tenant_id, user_id)
            REFERENCES membership ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX ix_api_key_secret_hash ON api_key (secret_hash)")
    isolate("api_key")


def _audit() -> None:
    op.execute(
        """
        CREATE TABLE audit_event (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          seq bigint NOT NULL,
          at timestamptz NOT NULL,
          actor_kind text NOT NULL,
          actor_id uuid,
          actor_name text NOT NULL,
          action text NOT NULL,
          subject_type text NOT NULL,
          subject_id text NOT NULL,
          before jsonb,
          after jsonb,
          request_id text NOT NULL,
          previous_hash bytea NOT NULL,
          hash bytea NOT NULL,
          CONSTRAINT pk_audit_event PRIMARY KEY (tenant_id, seq)
        )
        """
    )
    isolate("audit_event", app=["SELECT", "INSERT"])
    op.execute("REVOKE UPDATE, DELETE ON audit_event FROM maestro_system")
    op.execute(
        """
        CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'the audit log is append-only';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
        """
    )
    # Its rows come and go all the time: their room is to be used again soon.
    op.execute(
        """
        CREATE TABLE unsealed_audit_entry (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
          at timestamptz NOT NULL DEFAULT clock_timestamp(),
          actor_kind text NOT NULL,
          actor_id uuid,
          actor_name text NOT NULL,
          action text NOT NULL,
          subject_type text NOT NULL,
          subject_id text NOT NULL,
          before jsonb,
          after jsonb,
          request_id text NOT NULL,
          CONSTRAINT pk_unsealed_audit_entry PRIMARY KEY (tenant_id, id)
        ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 10000)
        """
    )
    isolate("unsealed_audit_entry", app=["SELECT", "INSERT"])
    op.execute("REVOKE UPDATE ON unsealed_audit_entry FROM maestro_system")
    op.execute(
        """
        CREATE TRIGGER unsealed_audit_entry_unchanged BEFORE UPDATE OR TRUNCATE
        ON unsealed_audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
        """
    )


def _audit_functions() -> None:
    # Every part is preceded by its length, so that no two different events hash alike.
    op.execute(
        """
        CREATE FUNCTION audit_hash(e audit_event) RETURNS bytea
        LANGUAGE sql STABLE PARALLEL SAFE AS $$
          SELECT sha256(e.previous_hash || convert_to((
            SELECT string_agg(coalesce(length(part)::text || ':' || part, '-'), ',' ORDER BY n)
            FROM unnest(ARRAY[
              e.tenant_id::text, e.seq::text,
              to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
              e.actor_kind, e.actor_id::text, e.actor_name, e.action, e.subject_type, e.subject_id,
              e.before::text, e.after::text, e.request_id
            ]) WITH ORDINALITY AS parts(part, n)), 'UTF8'))
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION audit_append(
          tenant uuid, kind text, actor uuid, name text, act text, subject text, subject_key text,
          was jsonb, is_now jsonb, request text
        ) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO unsealed_audit_entry (
            tenant_id, actor_kind, actor_id, actor_name, action, subject_type, subject_id, before,
            after, request_id)
          VALUES (tenant, kind, actor, name, act, subject, subject_key, was, is_now, request);
        END $$
        """
    )
    # Whoever starts after a commit gets a higher id, and never sees less: so the chain tells causes
    # before effects, and an entry that is committed late comes with a later call.
    op.execute(
        """
        CREATE FUNCTION audit_seal(tenant uuid, most integer) RETURNS integer
        LANGUAGE plpgsql AS $$
        DECLARE
          u unsealed_audit_entry;
          e audit_event;
          sealed bigint[] := '{}';
        BEGIN
          -- One at a time for each tenant, until the commit: a chain has no forks.
          PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || tenant, 0));
          SELECT a.seq, a.hash INTO e.seq, e.hash FROM audit_event a
            WHERE a.tenant_id = tenant ORDER BY a.seq DESC LIMIT 1;
          FOR u IN
            SELECT * FROM unsealed_audit_entry w WHERE w.tenant_id = tenant ORDER BY w.id LIMIT most
          LOOP
            e := ROW(tenant, coalesce(e.seq, 0) + 1, u.at, u.actor_kind, u.actor_id, u.actor_name,
                     u.action, u.subject_type, u.subject_id, u.before, u.after, u.request_id,
                     coalesce(e.hash, '\\x'::bytea), NULL);
            e.hash := audit_hash(e);
            INSERT INTO audit_event SELECT e.*;
            sealed := sealed || u.id;
          END LOOP;
          DELETE FROM unsealed_audit_entry w WHERE w.tenant_id = tenant AND w.id = ANY(sealed);
          RETURN cardinality(sealed);
        END $$
        """
    )


def _idempotency() -> None:
    op.execute(
        """
        CREATE TABLE idempotency_key (
          tenant_id uuid NOT NULL DEFAULT nullif(current_setting('app.tenant_id', true), '')::uuid,
          actor_id uuid NOT NULL,
          key text NOT NULL,
          fingerprint text NOT NULL,
          status integer,
          media_type text,
          body bytea,
          created_at timestamptz NOT NULL DEFAULT now(),
          CONSTRAINT pk_idempotency_key PRIMARY KEY (tenant_id, actor_id, key)
        )
        """
    )
    isolate("idempotency_key")
