"""The functions that create runs, delete their tags and read many at once."""

from __future__ import annotations

from alembic import op

from maestro_ml.migrations.functions import ACTOR, BIND_TENANT


def create() -> None:
    """Create the functions."""
    _parent_by_tag()
    _create_run()
    _delete_tag()
    _whole_runs()


def _parent_by_tag() -> None:
    """A run's parent is the one that its tag names, whoever changes the tag."""
    op.execute(
        """
        CREATE FUNCTION tracking_follow_parent_tag() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          spelled text := NEW.tags ->> 'mlflow.parentRunId';
        BEGIN
          NEW.parent_run_id := CASE
            WHEN spelled ~* '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$' THEN spelled::uuid END;
          RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER run_follows_parent_tag BEFORE UPDATE OF tags ON run
        FOR EACH ROW
        WHEN (OLD.tags -> 'mlflow.parentRunId' IS DISTINCT FROM NEW.tags -> 'mlflow.parentRunId')
        EXECUTE FUNCTION tracking_follow_parent_tag()
        """
    )


def _create_run() -> None:
    """Stores a run, and tells where its experiment's artifacts are."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_create_run(
          tenant uuid, run_id uuid, experiment bigint, run_name text, run_user text,
          run_params jsonb, run_tags jsonb, parent uuid, parent_is_sure boolean,
          started timestamptz, {ACTOR}
        ) RETURNS TABLE (problem text, location text) LANGUAGE plpgsql AS $$
        DECLARE
          e experiment;
        BEGIN
          {BIND_TENANT}
          SELECT * INTO e FROM experiment x WHERE x.tenant_id = tenant AND x.id = experiment;
          location := e.artifact_location;
          IF NOT FOUND THEN
            problem := 'experiment_missing';
          ELSIF e.deleted_at IS NOT NULL THEN
            problem := 'experiment_deleted';
          ELSIF parent IS NOT NULL AND NOT parent_is_sure AND NOT EXISTS (
            SELECT FROM run r WHERE r.tenant_id = tenant AND r.id = parent
          ) THEN
            problem := 'parent_missing';
          ELSE
            INSERT INTO run (tenant_id, id, experiment_id, parent_run_id, name, status, user_name,
                             params, tags, started_at)
              VALUES (tenant, run_id, experiment, parent, run_name, 'running', run_user,
                      run_params, run_tags, started)
              ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
              problem := 'exists';
            ELSIF actor_kind IS NOT NULL THEN
              PERFORM audit_append(
                tenant, actor_kind, actor_id, actor_name, 'tracking.run.created', 'run',
                run_id::text, NULL,
                jsonb_build_object('experiment_id', experiment, 'name', run_name), request_id);
            END IF;
          END IF;
          RETURN NEXT;
        END $$
        """
    )


def _delete_tag() -> None:
    """A run's name is no tag that could be gone: it stays."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_delete_tag(tenant uuid, target uuid, tag text) RETURNS text
        LANGUAGE plpgsql AS $$
        DECLARE
          r run;
        BEGIN
          {BIND_TENANT}
          SELECT * INTO r FROM run t WHERE t.tenant_id = tenant AND t.id = target
            FOR NO KEY UPDATE;
          IF NOT FOUND THEN RETURN 'run_missing'; END IF;
          IF r.deleted_at IS NOT NULL THEN RETURN 'run_deleted'; END IF;
          IF tag = 'mlflow.runName' THEN RETURN NULL; END IF;
          IF NOT r.tags ? tag THEN RETURN 'tag_missing'; END IF;
          UPDATE run t SET tags = t.tags - tag, ver = t.ver + 1
          WHERE t.tenant_id = tenant AND t.id = target;
          RETURN NULL;
        END $$
        """
    )


def _whole_runs() -> None:
    """Runs with all that belongs to them; what they read and wrote is JSON, NULL for nothing.

    The plan is made once: for each array anew it would cost five times what it finds. The LIMIT lets
    each run be found by its key, whatever statistics say: of a table that is new, they say nothing, and
    a join would read all runs of the tenant.
    """
    op.execute(
        """
        CREATE TYPE tracking_whole_run AS (
          id uuid, experiment_id bigint, parent_run_id uuid, name text, status text, user_name text,
          params text, tags text, started_at timestamptz, ended_at timestamptz,
          deleted_at timestamptz, ver bigint, artifact_location text,
          keys text[], vals double precision[], steps bigint[], ats bigint[],
          datasets text, models text
        )
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION tracking_whole_runs(tenant uuid, wanted uuid[])
        RETURNS SETOF tracking_whole_run LANGUAGE plpgsql
        SET plan_cache_mode = force_generic_plan AS $$
        BEGIN
          {BIND_TENANT}
          RETURN QUERY
            SELECT r.id, r.experiment_id, r.parent_run_id, r.name, r.status, r.user_name,
                   r.params::text, r.tags::text, r.started_at, r.ended_at, r.deleted_at, r.ver,
                   (SELECT e.artifact_location FROM experiment e
                    WHERE e.tenant_id = tenant AND e.id = r.experiment_id),
                   m.keys, m.vals, m.steps, m.ats, d.datasets, u.models
            FROM unnest(wanted) AS w (id)
            CROSS JOIN LATERAL (
              SELECT * FROM run q WHERE q.tenant_id = tenant AND q.id = w.id LIMIT 1
            ) r
            CROSS JOIN LATERAL (
              SELECT array_agg(m.key) AS keys, array_agg(m.value) AS vals,
                     array_agg(m.step) AS steps, array_agg(m.at) AS ats
              FROM run_metric m WHERE m.tenant_id = tenant AND m.run_id = w.id
            ) m
            CROSS JOIN LATERAL (
              SELECT json_agg(json_build_object(
                       'name', i.name, 'digest', i.digest, 'source_type', i.source_type,
                       'source', i.source, 'schema', i.schema, 'profile', i.profile,
                       'tags', x.tags) ORDER BY x.place)::text AS datasets
              FROM run_dataset x
              JOIN input_dataset i ON i.tenant_id = tenant AND i.id = x.dataset_id
              WHERE x.tenant_id = tenant AND x.run_id = w.id
            ) d
            CROSS JOIN LATERAL (
              SELECT json_agg(json_build_object(
                       'direction', l.direction, 'model_id', l.model_id, 'step', l.step)
                       ORDER BY l.direction, l.step, l.model_id)::text AS models
              FROM run_model l WHERE l.tenant_id = tenant AND l.run_id = w.id
            ) u;
        END $$
        """
    )
