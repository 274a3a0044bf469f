"""The functions that log to a run and read the history of a metric."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import BIND_TENANT


def create() -> None:
    """Create the functions."""
    _store_points()
    _log_metric()
    _log_metrics()
    _log_batch()
    _log_fields()
    _metric_history()


def _store_points() -> None:
    """Stores points of active runs: the latest of each metric by step, time and value, then all.

    One sort serves both: groups are taken from the sorted points, never hashed, so the last of each
    is the latest. The planner cannot know how many points come, and a nested loop over a thousand
    metrics would cost a hundred times as much. One plan serves all arrays: a plan for each costs more
    than it finds.
    """
    newer = "(excluded.step, excluded.at, excluded.value) > (m.step, m.at, m.value)"
    op.execute(
        f"""
        CREATE FUNCTION tracking_store_points(
          tenant uuid, runs uuid[], experiments bigint[], keys text[], vals double precision[],
          ats bigint[], steps bigint[]
        ) RETURNS void LANGUAGE plpgsql
        SET enable_nestloop = off SET enable_hashagg = off
        SET plan_cache_mode = force_generic_plan AS $$
        BEGIN
          WITH sent AS MATERIALIZED (
            SELECT p.run_id, p.experiment_id, p.key, count(*)::integer AS size,
                   array_agg(p.step) AS steps, array_agg(p.at) AS ats, array_agg(p.value) AS vals
            FROM (
              SELECT * FROM unnest(runs, experiments, keys, vals, ats, steps)
                AS u (run_id, experiment_id, key, value, at, step)
              ORDER BY u.run_id, u.experiment_id, u.key, u.step, u.at, u.value
            ) p
            GROUP BY p.run_id, p.experiment_id, p.key
          ), latest AS (
            -- Always in the order of the key: writers that meet wait for each other in one direction.
            INSERT INTO run_metric AS m (tenant_id, run_id, key, experiment_id, value, step, at)
              SELECT tenant, s.run_id, s.key, s.experiment_id,
                     s.vals[s.size], s.steps[s.size], s.ats[s.size]
              FROM sent s ORDER BY s.run_id, s.key
              ON CONFLICT ON CONSTRAINT pk_run_metric DO UPDATE SET
                value = CASE WHEN {newer} THEN excluded.value ELSE m.value END,
                step = CASE WHEN {newer} THEN excluded.step ELSE m.step END,
                at = CASE WHEN {newer} THEN excluded.at ELSE m.at END
              RETURNING m.run_id, m.key, m.series_id
          ), series AS MATERIALIZED (
            SELECT l.series_id, s.size, s.steps, s.ats, s.vals
            FROM latest l JOIN sent s ON s.run_id = l.run_id AND s.key = l.key
          ), chunked AS (
            -- Many points of one metric make one row of arrays, a few a row each.
            INSERT INTO metric_chunk (tenant_id, series_id, steps, ats, vals)
              SELECT tenant, s.series_id, s.steps, s.ats, s.vals FROM series s WHERE s.size >= 16
          )
          INSERT INTO metric_point (tenant_id, series_id, step, at, value)
            SELECT tenant, s.series_id, p.step, p.at, p.value
            FROM series s, unnest(s.steps, s.ats, s.vals) AS p (step, at, value)
            WHERE s.size < 16;
        END $$
        """
    )


def _log_metric() -> None:
    """The path of a client that logs alone: scalars cost half of what arrays do."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_log_metric(
          tenant uuid, target uuid, metric text, new_value double precision, new_at bigint,
          new_step bigint
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          r record;
          series bigint;
        BEGIN
          {BIND_TENANT}
          SELECT t.experiment_id, t.deleted_at, t.ended_at INTO r FROM run t
            WHERE t.tenant_id = tenant AND t.id = target;
          IF NOT FOUND THEN RETURN 'run_missing'; END IF;
          IF r.deleted_at IS NOT NULL THEN RETURN 'run_deleted'; END IF;
          INSERT INTO run_metric AS m (tenant_id, run_id, key, experiment_id, value, step, at)
            VALUES (tenant, target, metric, r.experiment_id, new_value, new_step, new_at)
            ON CONFLICT ON CONSTRAINT pk_run_metric DO UPDATE
              SET value = excluded.value, step = excluded.step, at = excluded.at
              WHERE (excluded.step, excluded.at, excluded.value) > (m.step, m.at, m.value)
            RETURNING m.series_id INTO series;
          IF series IS NULL THEN
            SELECT m.series_id INTO series FROM run_metric m
              WHERE m.tenant_id = tenant AND m.run_id = target AND m.key = metric;
          END IF;
          INSERT INTO metric_point (tenant_id, series_id, step, at, value)
            VALUES (tenant, series, new_step, new_at, new_value);
          IF r.ended_at IS NOT NULL THEN
            UPDATE run t SET ver = t.ver + 1 WHERE t.tenant_id = tenant AND t.id = target;
          END IF;
          RETURN NULL;
        END $$
        """
    )


def _log_metrics() -> None:
    """Stores points of many runs, and names the runs that took none."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_log_metrics(
          tenant uuid, runs uuid[], keys text[], vals double precision[], ats bigint[],
          steps bigint[]
        ) RETURNS TABLE (refused uuid, problem text) LANGUAGE plpgsql
        SET plan_cache_mode = force_generic_plan AS $$
        DECLARE
          good record;
        BEGIN
          {BIND_TENANT}
          SELECT array_agg(r.id) AS runs, array_agg(r.experiment_id) AS experiments,
                 array_agg(p.key) AS keys, array_agg(p.value) AS vals, array_agg(p.at) AS ats,
                 array_agg(p.step) AS steps,
                 array_agg(DISTINCT r.id) FILTER (WHERE r.ended_at IS NOT NULL) AS ended
            INTO good
            FROM unnest(runs, keys, vals, ats, steps) AS p (run_id, key, value, at, step)
            -- The LIMIT lets each run be found by its key: of a new table there are no statistics, and
            -- a join would read all runs of the tenant.
            CROSS JOIN LATERAL (
              SELECT q.id, q.experiment_id, q.ended_at FROM run q
              WHERE q.tenant_id = tenant AND q.id = p.run_id AND q.deleted_at IS NULL LIMIT 1
            ) r;
          IF good.runs IS NOT NULL THEN
            PERFORM tracking_store_points(
              tenant, good.runs, good.experiments, good.keys, good.vals, good.ats, good.steps);
          END IF;
          IF good.ended IS NOT NULL THEN
            UPDATE run r SET ver = r.ver + 1 WHERE r.tenant_id = tenant AND r.id = ANY(good.ended);
          END IF;
          IF cardinality(runs) > coalesce(cardinality(good.runs), 0) THEN
            RETURN QUERY
              SELECT p.run_id, CASE WHEN r.id IS NULL THEN 'run_missing' ELSE 'run_deleted' END
              FROM (SELECT DISTINCT unnest(runs) AS run_id) p
              LEFT JOIN run r ON r.tenant_id = tenant AND r.id = p.run_id
              WHERE r.id IS NULL OR r.deleted_at IS NOT NULL;
          END IF;
        END $$
        """
    )


def _log_batch() -> None:
    """Stores everything, or answers with what is wrong: a word, or a changed param as an object."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_log_batch(
          tenant uuid, target uuid, keys text[], vals double precision[], ats bigint[],
          steps bigint[], new_params jsonb, new_tags jsonb
        ) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
          r run;
          changed jsonb;
        BEGIN
          {BIND_TENANT}
          IF new_params IS NULL AND new_tags IS NULL THEN
            SELECT * INTO r FROM run t WHERE t.tenant_id = tenant AND t.id = target;
          ELSE
            SELECT * INTO r FROM run t WHERE t.tenant_id = tenant AND t.id = target
              FOR NO KEY UPDATE;
          END IF;
          IF NOT FOUND THEN RETURN '"run_missing"'; END IF;
          IF r.deleted_at IS NOT NULL THEN RETURN '"run_deleted"'; END IF;
          SELECT jsonb_build_object('key', p.key, 'old', r.params -> p.key, 'new', p.value)
            INTO changed FROM jsonb_each(new_params) p
            WHERE r.params -> p.key <> p.value LIMIT 1;
          IF changed IS NOT NULL THEN RETURN changed::text; END IF;
          IF new_params IS NOT NULL OR new_tags IS NOT NULL OR r.ended_at IS NOT NULL THEN
            -- The run's name has one home: its column.
            UPDATE run t SET
              params = CASE WHEN new_params IS NULL THEN t.params ELSE t.params || new_params END,
              tags = CASE WHEN new_tags IS NULL THEN t.tags
                          ELSE t.tags || (new_tags - 'mlflow.runName') END,
              name = coalesce(nullif(new_tags ->> 'mlflow.runName', ''), t.name),
              ver = t.ver + 1
            WHERE t.tenant_id = tenant AND t.id = target;
          END IF;
          IF cardinality(keys) > 0 THEN
            PERFORM tracking_store_points(
              tenant, array_fill(target, ARRAY[cardinality(keys)]),
              array_fill(r.experiment_id, ARRAY[cardinality(keys)]), keys, vals, ats, steps);
          END IF;
          RETURN NULL;
        END $$
        """
    )


def _log_fields() -> None:
    """Stores params and tags of many runs, and tells by its number what took nothing, and why.

    Always in the order of the runs: writers that meet wait for each other in one direction.
    """
    op.execute(
        """
        CREATE FUNCTION tracking_log_fields(
          tenant uuid, runs uuid[], new_params jsonb[], new_tags jsonb[]
        ) RETURNS TABLE (refused integer, problem text) LANGUAGE plpgsql AS $$
        BEGIN
          FOR refused IN
            SELECT u.place FROM unnest(runs) WITH ORDINALITY AS u (run_id, place)
            ORDER BY u.run_id, u.place
          LOOP
            problem := tracking_log_batch(
              tenant, runs[refused], '{}', '{}', '{}', '{}', new_params[refused], new_tags[refused]);
            IF problem IS NOT NULL THEN RETURN NEXT; END IF;
          END LOOP;
        END $$
        """
    )


def _metric_history() -> None:
    """Every point of a metric once, in its order; no row when there is no such run."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_metric_history(tenant uuid, wanted uuid, metric text)
        RETURNS TABLE (steps bigint[], ats bigint[], vals double precision[])
        LANGUAGE plpgsql AS $$
        DECLARE
          series bigint;
        BEGIN
          {BIND_TENANT}
          IF NOT EXISTS (SELECT FROM run r WHERE r.tenant_id = tenant AND r.id = wanted) THEN
            RETURN;
          END IF;
          SELECT m.series_id INTO series FROM run_metric m
            WHERE m.tenant_id = tenant AND m.run_id = wanted AND m.key = metric;
          RETURN QUERY
            SELECT array_agg(p.step), array_agg(p.at), array_agg(p.value) FROM (
              SELECT q.step, q.at, q.value FROM metric_point q WHERE q.series_id = series
              UNION
              SELECT u.step, u.at, u.value FROM metric_chunk c,
                unnest(c.steps, c.ats, c.vals) AS u (step, at, value) WHERE c.series_id = series
              ORDER BY 1, 2, 3
            ) p;
        END $$
        """
    )
