"""The functions that pack a series into arrays, and that thin it out for charts."""

from __future__ import annotations

from alembic import op

FEWEST = 3
"""Points that a row of arrays must hold to be smaller than a row for each."""

SMALL = 1024
"""Points below which a row of arrays is packed together with what came later."""

LARGEST = 4096
"""Points in one packed row: 96 KiB before compression."""

MOST = 1000
"""Points of an overview: as many as a chart asks for, since a wide one has no more pixels."""

LONG = 8192
"""Packed points from which on an overview is kept: a tenth of their bytes at most, then ever less."""

# Points that are not packed lie in rows of their own, or in arrays as they came.
_POINTS = """
    SELECT p.step, p.at, p.value FROM metric_point p WHERE p.series_id = wanted
    UNION
    SELECT u.step, u.at, u.value
    FROM metric_chunk c, unnest(c.steps, c.ats, c.vals) AS u (step, at, value)
    WHERE c.series_id = wanted{unpacked}
"""

# A history of at most `most` points has as many stretches as points.
_PLACED = """
    placed AS MATERIALIZED (
      SELECT n.place, n.value,
             CASE WHEN t.size <= most THEN n.place ELSE n.place * (most / 2) / t.size END AS stretch
      FROM numbered n, total t
    )
"""

# Of `placed` points with their stretches: the first lowest and the first highest of each stretch.
# PostgreSQL ranks NaN above all numbers; here it is the last resort on both sides.
_CHOSEN = """
    ends AS MATERIALIZED (
      SELECT p.stretch, min(p.value) AS lowest,
             coalesce(max(p.value) FILTER (WHERE p.value < 'NaN'), 'NaN') AS highest
      FROM placed p GROUP BY p.stretch
    ), chosen AS (
      SELECT min(p.place) FILTER (WHERE p.value = e.lowest) AS low,
             min(p.place) FILTER (WHERE p.value = e.highest) AS high
      FROM placed p JOIN ends e ON e.stretch = p.stretch GROUP BY p.stretch
    )
    SELECT (SELECT t.size FROM total t), array_agg(n.step ORDER BY n.place),
           array_agg(n.at ORDER BY n.place), array_agg(n.value ORDER BY n.place)
    FROM numbered n WHERE n.place IN (SELECT c.low FROM chosen c UNION SELECT c.high FROM chosen c)
"""
# STABLE: all that is read is of one moment, whatever is packed meanwhile.
_RETURNS = """
    RETURNS TABLE (size bigint, steps bigint[], ats bigint[], vals double precision[])
    LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan
"""


def create() -> None:
    """Create the functions."""
    _thin_points()
    _thin_overview()
    _thin_series()
    _thin_range()
    _pack_series()


def _thin_points() -> None:
    """The extremes of `most` / 2 stretches of all points; all of them if there are no more than `most`.

    What compaction packed is in order already, and holds each point once: arrays that follow each
    other need no sorting.
    """
    op.execute(
        f"""
        CREATE FUNCTION tracking_thin_points(wanted bigint, most integer) {_RETURNS} AS $$
        BEGIN
          RETURN QUERY
          WITH pieces AS MATERIALIZED (
            SELECT c.*, c.steps[1] > lag(c.steps[cardinality(c.steps)]) OVER o IS NOT FALSE AS behind,
                   CAST(sum(cardinality(c.steps)) OVER o AS bigint) - cardinality(c.steps) AS before
            FROM metric_chunk c WHERE c.series_id = wanted WINDOW o AS (ORDER BY c.steps[1])
          ), shape AS MATERIALIZED (
            SELECT coalesce(bool_and(c.packed AND c.behind), false)
                   AND NOT EXISTS (SELECT FROM metric_point p WHERE p.series_id = wanted) AS neat
            FROM pieces c
          ), numbered AS MATERIALIZED (
            SELECT u.step, u.at, u.value, c.before + u.place - 1 AS place
            FROM pieces c, unnest(c.steps, c.ats, c.vals) WITH ORDINALITY AS u (step, at, value, place)
            WHERE (SELECT s.neat FROM shape s)
            UNION ALL
            SELECT q.*, row_number() OVER (ORDER BY q.step, q.at, q.value) - 1 AS place
            FROM ({_POINTS.format(unpacked="")}) q WHERE NOT (SELECT s.neat FROM shape s)
          ), total AS MATERIALIZED (SELECT count(*) AS size FROM numbered),
{_PLACED}, {_CHOSEN};
        END $$
        """
    )


def _thin_overview() -> None:
    """The same of an overview and of what came after it.

    A point of the overview stands for many: it is as long as they are, so that stretches of old and
    new points are equally long.
    """
    op.execute(
        f"""
        CREATE FUNCTION tracking_thin_overview(o metric_overview, most integer) {_RETURNS} AS $$
        DECLARE
          wanted bigint := o.series_id;
        BEGIN
          RETURN QUERY
          WITH numbered AS MATERIALIZED (
            SELECT q.step, q.at, q.value, row_number() OVER w AS place,
                   sum(q.length) OVER w - q.length AS start
            FROM (
              SELECT e.step, e.at, e.value, max(e.length) AS length FROM (
                SELECT u.step, u.at, u.value,
                       o.points::double precision / cardinality(o.steps) AS length
                FROM unnest(o.steps, o.ats, o.vals) AS u (step, at, value)
                UNION ALL
                SELECT l.step, l.at, l.value, 1
                FROM ({_POINTS.format(unpacked=" AND NOT c.packed")}) l
              ) e GROUP BY e.step, e.at, e.value
            ) q WINDOW w AS (ORDER BY q.step, q.at, q.value)
          ), total AS MATERIALIZED (
            SELECT o.points + count(*) - cardinality(o.steps) AS size FROM numbered n
          ), placed AS MATERIALIZED (
            SELECT n.place, n.value,
                   least(floor(n.start * (most / 2) / t.size), most / 2 - 1) AS stretch
            FROM numbered n, total t
          ), {_CHOSEN};
        END $$
        """
    )


def _thin_series() -> None:
    """What a chart shows of a history: from its overview, if it has one that holds enough."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_thin_series(tenant uuid, series bigint, most integer) {_RETURNS} AS $$
        DECLARE
          o metric_overview;
          late boolean;
        BEGIN
          IF most <= {MOST} THEN
            SELECT * INTO o FROM metric_overview v
              WHERE v.tenant_id = tenant AND v.series_id = series;
          END IF;
          IF o.series_id IS NULL THEN
            RETURN QUERY SELECT * FROM tracking_thin_points(series, most);
            RETURN;
          END IF;
          late := EXISTS (SELECT FROM metric_point p WHERE p.series_id = series)
            OR EXISTS (SELECT FROM metric_chunk c WHERE c.series_id = series AND NOT c.packed);
          IF late OR cardinality(o.steps) > most THEN
            RETURN QUERY SELECT * FROM tracking_thin_overview(o, most);
          ELSE
            RETURN QUERY SELECT o.points, o.steps, o.ats, o.vals;
          END IF;
        END $$
        """
    )


def _thin_range() -> None:
    """The extremes of what lies between two steps and two moments, of all points: for who zooms in."""
    op.execute(
        f"""
        CREATE FUNCTION tracking_thin_range(
          wanted bigint, most integer, first_step bigint, last_step bigint, first_at bigint,
          last_at bigint
        ) {_RETURNS} AS $$
        BEGIN
          RETURN QUERY
          WITH numbered AS MATERIALIZED (
            SELECT q.*, row_number() OVER (ORDER BY q.step, q.at, q.value) - 1 AS place
            FROM ({_POINTS.format(unpacked="")}) q
            WHERE q.step BETWEEN first_step AND last_step AND q.at BETWEEN first_at AND last_at
          ), total AS MATERIALIZED (SELECT count(*) AS size FROM numbered),
{_PLACED}, {_CHOSEN};
        END $$
        """
    )


def _pack_series() -> None:
    """Moves the points of one series into sorted arrays, with an overview of long ones; how many it moved.

    One statement deletes and inserts, so a crash leaves the one shape or the other, never both or
    none, and a point that is logged meanwhile is not seen and stays. Whoever packs renews the overview
    in the same transaction: it stands for all packed points. (One that was logged just now may stand in
    it, too; whoever reads takes it once.)
    """
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION tracking_pack_series(tenant uuid, series bigint) RETURNS bigint
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
          IF (loose + small < 2 OR (small = 0 AND loose < {FEWEST}))
             AND NOT EXISTS (SELECT FROM metric_chunk c WHERE c.series_id = series
                             AND NOT c.packed AND cardinality(c.steps) >= {SMALL})
          THEN
            RETURN 0;
          END IF;
          WITH points AS (
            DELETE FROM metric_point p WHERE p.tenant_id = tenant AND p.series_id = series
              RETURNING p.step, p.at, p.value
          ), chunks AS (
            DELETE FROM metric_chunk c WHERE c.tenant_id = tenant AND c.series_id = series
              AND (NOT c.packed OR cardinality(c.steps) < {SMALL}) RETURNING c.steps, c.ats, c.vals
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
          IF (SELECT sum(cardinality(c.steps)) FROM metric_chunk c WHERE c.series_id = series)
             >= {LONG}
          THEN
            INSERT INTO metric_overview AS o (tenant_id, series_id, points, steps, ats, vals)
              SELECT tenant, series, t.* FROM tracking_thin_points(series, {MOST}) t
              ON CONFLICT ON CONSTRAINT pk_metric_overview DO UPDATE SET
                points = excluded.points, steps = excluded.steps, ats = excluded.ats,
                vals = excluded.vals;
          END IF;
          RETURN coalesce(moved, 0);
        END $$
        """
    )
