"""The functions that make logged models, change them and find them."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import ACTOR, BIND_TENANT


def create() -> None:
    """Create the functions."""
    _get()
    _create()
    _change()
    _log_metrics()


def _get() -> None:
    op.execute(
        """
        CREATE TYPE tracking_logged_model AS (
          id text, experiment_id bigint, name text, model_type text, status text,
          source_run_id text, params text, tags text, created_at timestamptz,
          updated_at timestamptz, deleted_at timestamptz, artifact_location text,
          keys text[], vals double precision[], ats bigint[], steps bigint[], runs uuid[],
          datasets text[], digests text[]
        )
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION tracking_logged_models(tenant uuid, ids text[])
        RETURNS SETOF tracking_logged_model LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          RETURN QUERY
            SELECT l.id, l.experiment_id, l.name, l.model_type, l.status, l.source_run_id,
                   l.params::text, l.tags::text, l.created_at, l.updated_at, l.deleted_at,
                   e.artifact_location,
                   m.keys, m.vals, m.ats, m.steps, m.runs, m.datasets, m.digests
            FROM unnest(ids) WITH ORDINALITY AS wanted (id, place)
            CROSS JOIN LATERAL (
              SELECT * FROM logged_model o WHERE o.tenant_id = tenant AND o.id = wanted.id LIMIT 1
            ) l
            CROSS JOIN LATERAL (
              SELECT o.artifact_location FROM experiment o
              WHERE o.tenant_id = tenant AND o.id = l.experiment_id LIMIT 1
            ) e
            CROSS JOIN LATERAL (
              SELECT array_agg(p.key) AS keys, array_agg(p.value) AS vals, array_agg(p.at) AS ats,
                     array_agg(p.step) AS steps, array_agg(p.run_id) AS runs,
                     array_agg(p.dataset_name) AS datasets, array_agg(p.dataset_digest) AS digests
              FROM (SELECT * FROM logged_model_metric r
                    WHERE r.tenant_id = tenant AND r.model_id = l.id
                    ORDER BY r.key, r.at, r.step, r.run_id) p
            ) m
            ORDER BY wanted.place;
        END $$
        """
    )


def _create() -> None:
    op.execute(
        f"""
        CREATE FUNCTION tracking_create_logged_model(
          tenant uuid, model text, experiment bigint, model_name text, kind text, run text,
          given jsonb, labels jsonb, moment timestamptz, {ACTOR}
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          trashed timestamptz;
        BEGIN
          {BIND_TENANT}
          SELECT e.deleted_at INTO trashed FROM experiment e
            WHERE e.tenant_id = tenant AND e.id = experiment;
          IF NOT FOUND THEN RETURN 'experiment_missing'; END IF;
          IF trashed IS NOT NULL THEN RETURN 'experiment_deleted'; END IF;
          INSERT INTO logged_model (tenant_id, id, experiment_id, name, model_type, status,
                                    source_run_id, params, tags, created_at, updated_at)
            VALUES (tenant, model, experiment, model_name, kind, 'PENDING', run, given, labels,
                    moment, moment);
          PERFORM audit_append(
            tenant, actor_kind, actor_id, actor_name, 'tracking.logged_model.created',
            'logged_model', model, NULL,
            jsonb_build_object('experiment_id', experiment, 'name', model_name), request_id);
          RETURN NULL;
        END $$
        """
    )


def _change() -> None:
    op.execute(
        f"""
        CREATE FUNCTION tracking_change_logged_model(
          tenant uuid, model text, new_status text, new_params jsonb, new_tags jsonb, gone_tag text,
          gone boolean, moment timestamptz, {ACTOR}
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          was logged_model;
        BEGIN
          {BIND_TENANT}
          SELECT * INTO was FROM logged_model l WHERE l.tenant_id = tenant AND l.id = model
            FOR NO KEY UPDATE;
          IF NOT FOUND THEN RETURN 'model_missing'; END IF;
          IF gone_tag IS NOT NULL AND NOT was.tags ? gone_tag THEN RETURN 'tag_missing'; END IF;
          IF EXISTS (
            SELECT FROM jsonb_each(new_params) p
            WHERE was.params ? p.key AND was.params->p.key <> p.value
          ) THEN RETURN 'param_changed'; END IF;
          UPDATE logged_model l SET
            status = coalesce(new_status, l.status),
            params = l.params || new_params,
            tags = (l.tags || new_tags) - coalesce(gone_tag, ''),
            updated_at = CASE WHEN gone OR new_status IS NOT NULL THEN moment ELSE l.updated_at END,
            deleted_at = CASE WHEN gone THEN coalesce(l.deleted_at, moment) ELSE l.deleted_at END
          WHERE l.tenant_id = tenant AND l.id = model;
          IF gone AND was.deleted_at IS NULL OR new_status <> was.status THEN
            PERFORM audit_append(
              tenant, actor_kind, actor_id, actor_name,
              CASE WHEN gone THEN 'tracking.logged_model.deleted'
                   ELSE 'tracking.logged_model.finalized' END,
              'logged_model', model, jsonb_build_object('name', was.name, 'status', was.status),
              CASE WHEN NOT gone THEN jsonb_build_object('status', new_status) END, request_id);
          END IF;
          RETURN NULL;
        END $$
        """
    )


def _log_metrics() -> None:
    op.execute(
        f"""
        CREATE FUNCTION tracking_log_model_metrics(
          tenant uuid, run uuid, models text[], keys text[], vals double precision[], ats bigint[],
          steps bigint[], datasets text[], digests text[]
        ) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          -- What is told of a model that is not there has no place to stay; the run keeps it.
          INSERT INTO logged_model_metric (tenant_id, model_id, key, at, step, run_id, value,
                                           dataset_name, dataset_digest)
            SELECT tenant, p.model, p.key, p.at, p.step, run, p.value, p.dataset, p.digest
            FROM unnest(models, keys, vals, ats, steps, datasets, digests)
              AS p (model, key, value, at, step, dataset, digest)
            CROSS JOIN LATERAL (
              SELECT FROM logged_model l WHERE l.tenant_id = tenant AND l.id = p.model LIMIT 1) l
            ON CONFLICT DO NOTHING;
        END $$
        """
    )
