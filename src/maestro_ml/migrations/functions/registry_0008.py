"""The functions that make models and versions and find them, as MLflow's protocol asks for them."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import ACTOR, BIND_TENANT

# Every step goes by its key, also when its plan was made while the tables were empty: then a join, or an
# index that begins alike, looks as good and reads all rows of the tenant until the next ANALYZE. A LIMIT
# asks for one row after the other, and an order that is no equality for the index that has it.
MODEL = """(
  SELECT * FROM registered_model o
  WHERE o.tenant_id = tenant AND o.name BETWEEN {name} AND {name} ORDER BY o.name LIMIT 1
) m"""
VERSION = """
  NULL, v.id, m.name, v.number, v.state, v.stage, v.description, v.tags::text, v.source,
  v.source_run_id, v.run_link, v.created_at, v.updated_at,
  ARRAY(SELECT a.alias FROM model_alias a
        WHERE a.tenant_id = tenant AND a.version_id = v.id ORDER BY a.alias),
  v.files <> '[]'
"""


def create() -> None:
    """Create the functions."""
    _versions()
    _find_version()
    _find_models()
    _create_model()
    _create_version()
    _set_alias()


def _versions() -> None:
    op.execute(
        """
        CREATE TYPE registry_version AS (
          problem text, id uuid, model text, number integer, state text, stage text,
          description text, tags text, source text, run_id text, run_link text,
          created_at timestamptz, updated_at timestamptz, aliases text[], held boolean
        )
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION registry_versions(tenant uuid, ids uuid[]) RETURNS SETOF registry_version
        LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          RETURN QUERY
            SELECT {VERSION}
            FROM unnest(ids) WITH ORDINALITY AS wanted (id, place)
            CROSS JOIN LATERAL (
              SELECT * FROM model_version o WHERE o.tenant_id = tenant AND o.id = wanted.id LIMIT 1
            ) v
            CROSS JOIN LATERAL (
              SELECT * FROM registered_model o
              WHERE o.tenant_id = tenant AND o.id = v.model_id LIMIT 1
            ) m
            ORDER BY wanted.place;
        END $$
        """
    )


def _find_version() -> None:
    # One query for what is there; only for what is not, a second one that says what is missing.
    op.execute(
        f"""
        CREATE FUNCTION registry_find_version(
          tenant uuid, model_name text, wanted integer, alias_name text
        ) RETURNS SETOF registry_version LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          found_none registry_version;
        BEGIN
          {BIND_TENANT}
          IF alias_name IS NOT NULL THEN
            RETURN QUERY
              SELECT {VERSION}
              FROM {MODEL.format(name="model_name")}
              CROSS JOIN LATERAL (
                SELECT a.version_id FROM model_alias a
                WHERE a.tenant_id = tenant AND a.model_id = m.id
                  AND a.alias BETWEEN alias_name AND alias_name ORDER BY a.alias LIMIT 1
              ) l
              CROSS JOIN LATERAL (
                SELECT * FROM model_version o
                WHERE o.tenant_id = tenant
                  AND o.id BETWEEN l.version_id AND l.version_id ORDER BY o.id LIMIT 1
              ) v;
          ELSIF wanted IS NOT NULL THEN
            RETURN QUERY
              SELECT {VERSION}
              FROM {MODEL.format(name="model_name")}
              CROSS JOIN LATERAL (
                SELECT * FROM model_version o
                WHERE o.tenant_id = tenant AND o.model_id = m.id
                  AND o.number BETWEEN wanted AND wanted ORDER BY o.number LIMIT 1
              ) v;
          ELSE
            RETURN QUERY
              SELECT {VERSION}
              FROM {MODEL.format(name="model_name")}
              CROSS JOIN LATERAL (
                SELECT * FROM model_version o
                WHERE o.tenant_id = tenant AND o.model_id = m.id ORDER BY o.number DESC LIMIT 1
              ) v;
          END IF;
          IF NOT FOUND THEN
            found_none.problem := CASE WHEN EXISTS (
              SELECT FROM registered_model m WHERE m.tenant_id = tenant AND m.name = model_name
            ) THEN 'version_missing' ELSE 'model_missing' END;
            RETURN NEXT found_none;
          END IF;
        END $$
        """
    )


def _find_models() -> None:
    op.execute(
        """
        CREATE TYPE registry_model AS (
          id uuid, name text, description text, tags text, created_at timestamptz,
          updated_at timestamptz, aliases text[], numbers integer[], latest uuid[]
        )
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION registry_models(tenant uuid, ids uuid[], wanted text)
        RETURNS SETOF registry_model LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          IF wanted IS NOT NULL THEN
            ids := ARRAY(SELECT m.id FROM {MODEL.format(name="wanted")});
          END IF;
          RETURN QUERY
            SELECT m.id, m.name, m.description, m.tags::text, m.created_at, m.updated_at,
                   a.aliases, a.numbers,
                   ARRAY(SELECT DISTINCT ON (v.stage) v.id FROM model_version v
                         WHERE v.tenant_id = tenant AND v.model_id = m.id
                         ORDER BY v.stage, v.number DESC)
            FROM unnest(ids) WITH ORDINALITY AS asked (id, place)
            CROSS JOIN LATERAL (
              SELECT * FROM registered_model o WHERE o.tenant_id = tenant AND o.id = asked.id LIMIT 1
            ) m
            CROSS JOIN LATERAL (
              SELECT array_agg(l.alias ORDER BY l.alias) AS aliases,
                     array_agg(v.number ORDER BY l.alias) AS numbers
              FROM model_alias l
              CROSS JOIN LATERAL (
                SELECT o.number FROM model_version o
                WHERE o.tenant_id = tenant AND o.id = l.version_id LIMIT 1
              ) v
              WHERE l.tenant_id = tenant AND l.model_id = m.id
            ) a
            ORDER BY asked.place;
        END $$
        """
    )


def _create_model() -> None:
    op.execute(
        f"""
        CREATE FUNCTION registry_create_model(
          tenant uuid, model_id uuid, event_id uuid, model_name text, said text, labels jsonb,
          moment timestamptz, {ACTOR}
        ) RETURNS text LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          INSERT INTO registered_model (tenant_id, id, name, description, tags, last_version,
                                        created_at, created_by, updated_at)
            VALUES (tenant, model_id, model_name, said, labels, 0, moment, actor_name, moment)
            ON CONFLICT DO NOTHING;
          IF NOT FOUND THEN RETURN 'exists'; END IF;
          INSERT INTO model_event (tenant_id, id, model_id, model, at, actor, kind)
            VALUES (tenant, event_id, model_id, model_name, moment, actor_name, 'model_created');
          PERFORM audit_append(
            tenant, actor_kind, actor_id, actor_name, 'registry.model.created', 'model',
            model_id::text, NULL, jsonb_build_object('model', model_name), request_id);
          RETURN NULL;
        END $$
        """
    )


def _create_version() -> None:
    op.execute(
        f"""
        CREATE FUNCTION registry_create_version(
          tenant uuid, version_id uuid, event_id uuid, model_name text, said text, labels jsonb,
          origin text, run text, link text, logged_model text, package jsonb, bytes bigint,
          moment timestamptz, {ACTOR}
        ) RETURNS integer LANGUAGE plpgsql AS $$
        DECLARE
          model uuid;
          taken integer;
          known jsonb := '[]';
        BEGIN
          {BIND_TENANT}
          UPDATE registered_model m SET last_version = m.last_version + 1, updated_at = moment
            WHERE m.tenant_id = tenant AND m.name = model_name
            RETURNING m.id, m.last_version INTO model, taken;
          IF NOT FOUND THEN RETURN NULL; END IF;
          INSERT INTO model_version (
            tenant_id, id, model_id, number, state, stage, description, tags, source_run_id, flavor,
            signature, input_example, metrics, params, files, size_bytes, sha256, created_at,
            created_by, updated_at, source, run_link, logged_model_id)
          VALUES (
            tenant, version_id, model, taken, 'ready', 'None', said, labels, run,
            package->>'flavor', nullif(package->'signature', 'null'),
            nullif(package->'input_example', 'null'), '{{}}', '{{}}', package->'files', bytes,
            package->>'sha256', moment, actor_name, moment, origin, link, logged_model);
          INSERT INTO model_event (tenant_id, id, model_id, model, at, actor, kind, version)
            VALUES (tenant, event_id, model, model_name, moment, actor_name, 'version_registered',
                    taken);
          IF logged_model IS NOT NULL THEN
            BEGIN
              SELECT (l.tags->>'mlflow.modelVersions')::jsonb INTO known FROM logged_model l
                WHERE l.tenant_id = tenant AND l.id = logged_model FOR UPDATE;
            EXCEPTION WHEN invalid_text_representation THEN NULL;  -- somebody wrote something else
            END;
            UPDATE logged_model l SET tags = l.tags || jsonb_build_object(
                'mlflow.modelVersions',
                (coalesce(known, '[]') || jsonb_build_array(
                  jsonb_build_object('name', model_name, 'version', taken)))::text)
              WHERE l.tenant_id = tenant AND l.id = logged_model;
          END IF;
          PERFORM audit_append(
            tenant, actor_kind, actor_id, actor_name, 'registry.version.registered', 'model',
            model::text, NULL, jsonb_build_object('model', model_name, 'version', taken), request_id);
          RETURN taken;
        END $$
        """
    )


def _set_alias() -> None:
    op.execute(
        f"""
        CREATE FUNCTION registry_set_alias(
          tenant uuid, event_id uuid, model_name text, alias_name text, wanted integer,
          moment timestamptz, {ACTOR}
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          model uuid;
          version uuid;
          was integer;
        BEGIN
          {BIND_TENANT}
          SELECT m.id INTO model FROM registered_model m
            WHERE m.tenant_id = tenant AND m.name BETWEEN model_name AND model_name
            ORDER BY m.name LIMIT 1 FOR UPDATE;
          SELECT v.id INTO version FROM model_version v
            WHERE v.tenant_id = tenant AND v.model_id = model
              AND v.number BETWEEN wanted AND wanted ORDER BY v.number LIMIT 1;
          IF version IS NULL THEN RETURN 'version_missing'; END IF;
          SELECT (SELECT v.number FROM model_version v
                  WHERE v.tenant_id = tenant
                    AND v.id BETWEEN a.version_id AND a.version_id ORDER BY v.id LIMIT 1)
            INTO was FROM model_alias a
            WHERE a.tenant_id = tenant AND a.model_id = model
              AND a.alias BETWEEN alias_name AND alias_name ORDER BY a.alias LIMIT 1;
          IF was = wanted THEN RETURN NULL; END IF;
          INSERT INTO model_alias (tenant_id, model_id, alias, version_id)
            VALUES (tenant, model, alias_name, version)
            ON CONFLICT (tenant_id, model_id, alias) DO UPDATE SET version_id = excluded.version_id;
          INSERT INTO model_event (tenant_id, id, model_id, model, at, actor, kind, version, alias,
                                   previous)
            VALUES (tenant, event_id, model, model_name, moment, actor_name, 'alias_set', wanted,
                    alias_name, was::text);
          PERFORM audit_append(
            tenant, actor_kind, actor_id, actor_name, 'registry.alias.set', 'model', model::text,
            CASE WHEN was IS NOT NULL THEN jsonb_build_object('previous', was::text) END,
            jsonb_build_object('model', model_name, 'version', wanted, 'alias', alias_name),
            request_id);
          RETURN NULL;
        END $$
        """
    )
