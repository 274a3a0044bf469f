"""The functions for what runs read and wrote, and for all points of a metric over many runs."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import BIND_TENANT

_ACTIVE_RUN = """
          SELECT * INTO r FROM run t WHERE t.tenant_id = tenant AND t.id = target
            FOR NO KEY UPDATE;
          IF NOT FOUND THEN RETURN 'run_missing'; END IF;
          IF r.deleted_at IS NOT NULL THEN RETURN 'run_deleted'; END IF;
"""


def create() -> None:
    """Create the functions."""
    _log_inputs()
    _log_outputs()
    _append_to_tag()
    _list_datasets()
    _metric_series()


def _log_inputs() -> None:
    """A dataset is kept once for its experiment; the tags of an input stay as they came first."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_log_inputs(
          tenant uuid, target uuid, datasets jsonb, models text[]
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          r run;
        BEGIN
          {BIND_TENANT}
          {_ACTIVE_RUN}
          INSERT INTO input_dataset (tenant_id, id, experiment_id, name, digest, source_type,
                                     source, schema, profile)
            SELECT tenant, gen_random_uuid(), r.experiment_id, d.name, d.digest, d.source_type,
                   d.source, d.schema, d.profile
            FROM jsonb_to_recordset(datasets) AS d (
              name text, digest text, source_type text, source text, schema text, profile text)
            ON CONFLICT ON CONSTRAINT uq_input_dataset_tenant_id_experiment_id_name_digest
              DO NOTHING;
          INSERT INTO run_dataset (tenant_id, run_id, dataset_id, place, tags)
            SELECT tenant, target, i.id,
                   d.place + (SELECT count(*) FROM run_dataset x
                              WHERE x.tenant_id = tenant AND x.run_id = target),
                   d.given -> 'tags'
            FROM jsonb_array_elements(datasets) WITH ORDINALITY AS d (given, place)
            CROSS JOIN LATERAL (
              SELECT q.id FROM input_dataset q
              WHERE q.tenant_id = tenant AND q.experiment_id = r.experiment_id
                AND q.name = d.given ->> 'name' AND q.digest = d.given ->> 'digest' LIMIT 1
            ) i
            ON CONFLICT DO NOTHING;
          INSERT INTO run_model (tenant_id, run_id, direction, model_id, step)
            SELECT DISTINCT tenant, target, 'input', m.id, 0::bigint FROM unnest(models) AS m (id)
            ON CONFLICT DO NOTHING;
          UPDATE run t SET ver = t.ver + 1 WHERE t.tenant_id = tenant AND t.id = target;
          RETURN NULL;
        END $$
        """
    )


def _log_outputs() -> None:
    op.execute(
        f"""
        CREATE FUNCTION tracking_log_outputs(
          tenant uuid, target uuid, models text[], steps bigint[]
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          r run;
        BEGIN
          {BIND_TENANT}
          {_ACTIVE_RUN}
          INSERT INTO run_model (tenant_id, run_id, direction, model_id, step)
            SELECT tenant, target, 'output', m.id, m.step FROM unnest(models, steps) AS m (id, step)
            ON CONFLICT DO NOTHING;
          UPDATE run t SET ver = t.ver + 1 WHERE t.tenant_id = tenant AND t.id = target;
          RETURN NULL;
        END $$
        """
    )


def _append_to_tag() -> None:
    """Adds an item to the JSON list in a tag; whatever else the tag held gives way to a new list."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_append_to_tag(tenant uuid, target uuid, tag text, item jsonb)
        RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          r run;
          items jsonb := '[]';
        BEGIN
          {BIND_TENANT}
          {_ACTIVE_RUN}
          BEGIN
            items := coalesce((r.tags ->> tag)::jsonb, items);
          EXCEPTION WHEN invalid_text_representation THEN NULL;
          END;
          IF jsonb_typeof(items) <> 'array' THEN items := '[]'; END IF;
          UPDATE run t SET
            tags = t.tags || jsonb_build_object(tag, (items || jsonb_build_array(item))::text),
            ver = t.ver + 1
          WHERE t.tenant_id = tenant AND t.id = target;
          RETURN NULL;
        END $$
        """
    )


def _list_datasets() -> None:
    """The datasets that the runs of experiments read, once for each context they were read in."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_list_datasets(tenant uuid, experiments bigint[], page integer)
        RETURNS TABLE (experiment_id bigint, name text, digest text, context text)
        LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          RETURN QUERY
            SELECT DISTINCT i.experiment_id, i.name, i.digest, x.tags ->> 'mlflow.data.context'
            FROM input_dataset i
            JOIN run_dataset x ON x.tenant_id = i.tenant_id AND x.dataset_id = i.id
            WHERE i.tenant_id = tenant AND i.experiment_id = ANY(experiments)
            ORDER BY 1, 2, 3, 4 LIMIT page;
        END $$
        """
    )


def _metric_series() -> None:
    """All points of a metric as they are stored: in arrays, some twice, in no order.

    A run that there is has one row at least, with NULL instead of points when it has none.
    """
    op.execute(
        f"""
        CREATE FUNCTION tracking_metric_series(tenant uuid, wanted uuid[], metric text)
        RETURNS TABLE (run_id uuid, steps bigint[], ats bigint[], vals double precision[])
        LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
        BEGIN
          {BIND_TENANT}
          RETURN QUERY
            SELECT r.id, p.steps, p.ats, p.vals
            FROM unnest(wanted) AS w (id)
            CROSS JOIN LATERAL (
              SELECT q.id FROM run q WHERE q.tenant_id = tenant AND q.id = w.id LIMIT 1
            ) r
            LEFT JOIN LATERAL (
              SELECT q.series_id FROM run_metric q
              WHERE q.tenant_id = tenant AND q.run_id = w.id AND q.key = metric LIMIT 1
            ) m ON true
            LEFT JOIN LATERAL (
              SELECT c.steps, c.ats, c.vals FROM metric_chunk c WHERE c.series_id = m.series_id
              UNION ALL
              SELECT array_agg(q.step), array_agg(q.at), array_agg(q.value)
                FROM metric_point q WHERE q.series_id = m.series_id
                HAVING count(*) > 0
            ) p ON true;
        END $$
        """
    )
