"""What happened to a run since a moment: nothing is missed, and nothing told twice.

A moment is a snapshot of PostgreSQL: it knows exactly which transactions were to be seen. Every row
carries the one that wrote it, so no write pays for this, and whatever was on its way at the moment is
found when it has arrived. (Only transactions without savepoints: those of parts are not in a snapshot.)
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# `xmin` has 32 bits of the transaction's number; its distance to a known one gives it all of them.
WRITTEN_SINCE = """
    age({row}.xmin) <= s.oldest_age AND NOT pg_visible_in_snapshot(
      (s.known - (age({row}.xmin) - s.known_age))::text::xid8, s.snapshot)
"""
SINCE = """
    SELECT cast(cast(:since AS text) AS pg_snapshot) AS snapshot, n.known,
           age((n.known % 4294967296)::text::xid) AS known_age,
           age((pg_snapshot_xmin(cast(cast(:since AS text) AS pg_snapshot))::text::bigint % 4294967296)::text::xid)
             AS oldest_age
    FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS known) n
"""
_CHANGES = text(
    f"""
    WITH since AS MATERIALIZED ({SINCE}),
    series AS MATERIALIZED (
      SELECT m.key, m.series_id FROM run_metric m WHERE m.tenant_id = :tenant AND m.run_id = :run
    ), fresh AS MATERIALIZED (
      (SELECT m.key, p.step, p.at, p.value
       FROM series m JOIN metric_point p ON p.series_id = m.series_id, since s
       WHERE {WRITTEN_SINCE.format(row="p")} LIMIT :limit)
      UNION ALL
      (SELECT m.key, u.step, u.at, u.value
       FROM series m JOIN metric_chunk c ON c.series_id = m.series_id, since s,
            unnest(c.steps, c.ats, c.vals) AS u (step, at, value)
       WHERE NOT c.packed AND {WRITTEN_SINCE.format(row="c")} LIMIT :limit)
    ), points AS (
      SELECT f.key, array_agg(f.step ORDER BY f.step, f.at, f.value) AS steps,
             array_agg(f.at ORDER BY f.step, f.at, f.value) AS ats,
             array_agg(f.value ORDER BY f.step, f.at, f.value) AS vals
      FROM fresh f GROUP BY f.key
    ), packed AS (
      SELECT DISTINCT m.key
      FROM series m JOIN metric_chunk c ON c.series_id = m.series_id, since s
      WHERE c.packed AND {WRITTEN_SINCE.format(row="c")}
    )
    SELECT pg_current_snapshot()::text, s.known - pg_snapshot_xmin(s.snapshot)::text::bigint,
      (SELECT {WRITTEN_SINCE.format(row="r")} FROM run r
       WHERE r.tenant_id = :tenant AND r.id = :run),
      (SELECT array_agg(a.key ORDER BY a.key) FROM packed a),
      p.key, p.steps, p.ats, p.vals
    FROM since s LEFT JOIN points p ON true
    """  # noqa: S608
)
_NOW = text("SELECT pg_current_snapshot()::text FROM run r WHERE r.id = :run")
# Numbers of transactions are compared in a circle; half of it lies in the past.
LONGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class NewPoints:
    """Points of a metric that were logged since; in the order of step, time, value."""

    key: str
    steps: list[int]
    timestamps: list[int]
    values: list[float]


@dataclass(frozen=True, slots=True)
class RunChanges:
    """What is different at `moment`.

    run: whether the run itself changed. reread: the metrics whose new points cannot be told from
    others any more, because they were packed, or were too many; None for all of them.
    """

    moment: str
    run: bool
    points: list[NewPoints]
    reread: list[str] | None


class ChangeRepository:
    """The changes of one run of the session's tenant."""

    def __init__(self, session: AsyncSession, tenant_id: UUID, run_id: UUID) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._run_id = run_id

    async def now(self) -> str | None:
        """This moment; None if there is no such run."""
        found: str | None = await self._session.scalar(_NOW, {"run": self._run_id})
        return found

    async def since(self, moment: str, *, most: int) -> RunChanges | None:
        """What happened since `moment`, with at most `most` points; None if there is no such run."""
        found = await self._session.execute(
            _CHANGES,
            {"since": moment, "tenant": self._tenant_id, "run": self._run_id, "limit": most + 1},
        )
        rows = found.all()
        now, passed, changed, packed = rows[0][:4]
        if changed is None:
            return None
        points = [NewPoints(*row[4:]) for row in rows if row[4] is not None]
        too_many = sum(len(each.steps) for each in points) > most
        if too_many or not 0 <= passed <= LONGEST:
            return RunChanges(now, run=True, points=[], reread=None)
        return RunChanges(now, run=changed, points=points, reread=packed or [])
