"""The functions that pack the points of finished runs into arrays."""

from __future__ import annotations

from alembic import op

FEWEST = 3
"""Points that a row of arrays must hold to be smaller than a row for each."""

SMALL = 1024
"""Points below which a row of arrays is packed together with what came later."""

LARGEST = 4096
"""Points in one packed row: 96 KiB before compression."""


def create() -> None:
    """Create the functions."""
    _await_compaction()
    _pack_series()
    _compact_run()


def _await_compaction() -> None:
    """Notes every change of a run that has ended; points that come late change it, too.

    A trigger, so that no path that ends a run or logs to one can forget it; live runs pay a
    comparison.
    """
    op.execute(
        """
        CREATE FUNCTION tracking_await_compaction() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO uncompacted_run AS u (tenant_id, run_id, since)
            VALUES (NEW.tenant_id, NEW.id, clock_timestamp())
            ON CONFLICT ON CONSTRAINT pk_uncompacted_run DO UPDATE SET since = excluded.since;
          RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER run_awaits_compaction AFTER INSERT OR UPDATE ON run
        FOR EACH ROW
        WHEN (NEW.ended_at IS NOT NULL OR NEW.status IN ('finished', 'failed', 'killed'))
        EXECUTE FUNCTION tracking_await_compaction()
        """
    )


def _pack_series() -> None:
    """Moves the points of one series into sorted arrays; how many it moved.

    One statement deletes and inserts, so a crash leaves the one shape or the other, never both or
    none, and a point that is logged meanwhile is not seen and stays.
    """
    op.execute(
        f"""
        CREATE FUNCTION tracking_pack_series(tenant uuid, series bigint) RETURNS bigint
        LANGUAGE plpgsql AS $$
        DECLARE
          loose integer;
          small integer;
          moved bigint;
        BEGIN
          SELECT count(*) INTO loose FROM (
            SELECT FROM metric_point p WHERE p.series_id = series LIMIT {FEWEST}) p;
          SELECT count(*) INTO small FROM (
            SELECT FROM metric_chunk c
            WHERE c.series_id = series AND cardinality(c.steps) < {SMALL} LIMIT 2) c;
          IF loose + small < 2 OR (small = 0 AND loose < {FEWEST}) THEN RETURN 0; END IF;
          WITH points AS (
            DELETE FROM metric_point p WHERE p.tenant_id = tenant AND p.series_id = series
              RETURNING p.step, p.at, p.value
          ), chunks AS (
            DELETE FROM metric_chunk c WHERE c.tenant_id = tenant AND c.series_id = series
              AND cardinality(c.steps) < {SMALL} RETURNING c.steps, c.ats, c.vals
          ), every AS (
            SELECT p.step, p.at, p.value FROM points p
            UNION
            SELECT u.step, u.at, u.value
              FROM chunks c, unnest(c.steps, c.ats, c.vals) AS u (step, at, value)
          ), placed AS (
            SELECT e.*, (row_number() OVER (ORDER BY e.step, e.at, e.value) - 1) / {LARGEST} AS part
            FROM every e
          ), packed AS (
            INSERT INTO metric_chunk (tenant_id, series_id, steps, ats, vals, packed)
              SELECT tenant, series, array_agg(p.step ORDER BY p.step, p.at, p.value),
                     array_agg(p.at ORDER BY p.step, p.at, p.value),
                     array_agg(p.value ORDER BY p.step, p.at, p.value), true
              FROM placed p GROUP BY p.part
              RETURNING cardinality(steps) AS size
          )
          SELECT sum(p.size) INTO moved FROM packed p;
          RETURN coalesce(moved, 0);
        END $$
        """
    )


def _compact_run() -> None:
    """Packs every series of a run, unless another worker is at it; how many points it moved.

    The run waits no longer if nothing happened to it since `seen`: whoever logs to it meanwhile waits
    for this commit and then puts it back.
    """
    op.execute(
        """
        CREATE FUNCTION tracking_compact_run(tenant uuid, target uuid, seen timestamptz)
        RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
          moved bigint;
        BEGIN
          IF NOT pg_try_advisory_xact_lock(hashtextextended(target::text, 0)) THEN
            RETURN 0;
          END IF;
          SELECT sum(tracking_pack_series(tenant, m.series_id)) INTO moved
            FROM run_metric m WHERE m.tenant_id = tenant AND m.run_id = target;
          DELETE FROM uncompacted_run u
            WHERE u.tenant_id = tenant AND u.run_id = target AND u.since = seen;
          RETURN coalesce(moved, 0);
        END $$
        """
    )
