"""The functions that list experiments, and that get and update a run."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import ACTOR, BIND_TENANT


def create() -> None:
    """Create the functions."""
    _list_experiments()
    _get_run()
    _update_run()


def _list_experiments() -> None:
    op.execute(
        f"""
        CREATE FUNCTION tracking_list_experiments(
          tenant uuid, shown text, part text, before bigint, page integer
        ) RETURNS SETOF experiment LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          IF shown = 'active' AND part IS NULL THEN
            -- The usual question has no alternatives in it, so that its plan is made once.
            RETURN QUERY
              SELECT * FROM experiment e
              WHERE e.tenant_id = tenant AND e.deleted_at IS NULL
                AND e.id < coalesce(before, 9223372036854775807)
              ORDER BY e.id DESC LIMIT page;
            RETURN;
          END IF;
          RETURN QUERY
            SELECT * FROM experiment e
            WHERE e.tenant_id = tenant
              AND (shown = 'all' OR (e.deleted_at IS NULL) = (shown = 'active'))
              AND (part IS NULL OR strpos(lower(e.name), lower(part)) > 0)
              AND (before IS NULL OR e.id < before)
            ORDER BY e.id DESC LIMIT page;
        END $$
        """
    )


def _get_run() -> None:
    op.execute(
        """
        CREATE TYPE tracking_run AS (
          id uuid, experiment_id bigint, parent_run_id uuid, name text, status text, user_name text,
          params text, tags text, started_at timestamptz, ended_at timestamptz,
          deleted_at timestamptz, ver bigint, artifact_location text,
          keys text[], vals double precision[], steps bigint[], ats bigint[]
        )
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION tracking_get_run(tenant uuid, wanted uuid) RETURNS SETOF tracking_run
        LANGUAGE plpgsql AS $$
        BEGIN
          {BIND_TENANT}
          RETURN QUERY
            SELECT r.id, r.experiment_id, r.parent_run_id, r.name, r.status, r.user_name, r.params::text,
                   r.tags::text, r.started_at, r.ended_at, r.deleted_at, r.ver, e.artifact_location,
                   m.keys, m.vals, m.steps, m.ats
            FROM run r
            JOIN experiment e ON e.tenant_id = r.tenant_id AND e.id = r.experiment_id
            CROSS JOIN LATERAL (
              SELECT array_agg(m.key) AS keys, array_agg(m.value) AS vals,
                     array_agg(m.step) AS steps, array_agg(m.at) AS ats
              FROM run_metric m WHERE m.tenant_id = tenant AND m.run_id = wanted
            ) m
            WHERE r.tenant_id = tenant AND r.id = wanted;
        END $$
        """
    )


def _update_run() -> None:
    op.execute(
        f"""
        CREATE FUNCTION tracking_update_run(
          tenant uuid, wanted uuid, new_status text, new_end timestamptz, new_name text, {ACTOR}
        ) RETURNS SETOF tracking_run LANGUAGE plpgsql AS $$
        DECLARE
          was run;
          act text := 'tracking.run.updated';
        BEGIN
          {BIND_TENANT}
          SELECT * INTO was FROM run r WHERE r.tenant_id = tenant AND r.id = wanted
            FOR NO KEY UPDATE;
          IF FOUND AND was.deleted_at IS NULL THEN
            UPDATE run r SET
              status = coalesce(new_status, r.status),
              -- A run that goes on after its end has none any more.
              ended_at = CASE WHEN new_status IN ('running', 'scheduled') THEN new_end
                              ELSE coalesce(new_end, r.ended_at) END,
              name = coalesce(new_name, r.name),
              ver = r.ver + 1
            WHERE r.tenant_id = tenant AND r.id = wanted;
            IF actor_kind IS NOT NULL THEN
              IF new_status IN ('finished', 'failed', 'killed') AND new_status <> was.status THEN
                act := 'tracking.run.finished';
              END IF;
              PERFORM audit_append(
                tenant, actor_kind, actor_id, actor_name, act, 'run', wanted::text,
                jsonb_build_object('status', was.status, 'name', was.name),
                jsonb_build_object('status', coalesce(new_status, was.status),
                                   'name', coalesce(new_name, was.name)), request_id);
            END IF;
          END IF;
          RETURN QUERY SELECT * FROM tracking_get_run(tenant, wanted);
        END $$
        """
    )
