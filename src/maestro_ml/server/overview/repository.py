"""The SQL of what changed, of notifications and of what takes space."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.overview import Change, Kind, Notification, RecentRun
from maestro_ml.contracts.tracking import ExperimentId, RunId, RunStatus

# Each experiment's runs are ordered by an index, all of them together by none.
_RECENT_RUNS = text(
    """
    SELECT r.id, r.name, r.status, e.id, e.name, r.user_name, r.started_at, r.ended_at
    FROM experiment e CROSS JOIN LATERAL (
      SELECT id, name, status, user_name, started_at, ended_at FROM run
      WHERE tenant_id = e.tenant_id AND experiment_id = e.id AND deleted_at IS NULL
        AND parent_run_id IS NULL
      ORDER BY started_at DESC, id DESC LIMIT :limit
    ) r
    WHERE e.deleted_at IS NULL ORDER BY r.started_at DESC, r.id DESC LIMIT :limit
    """
)
_CHANGES = {
    Kind.MODEL: """
        SELECT 'model', m.name, m.name, CASE e.kind
            WHEN 'version_registered' THEN 'version ' || e.version || ' registered'
            WHEN 'version_deleted' THEN 'version ' || e.version || ' deleted'
            WHEN 'alias_set' THEN e.alias || ' is version ' || e.version
            WHEN 'alias_removed' THEN e.alias || ' removed'
            WHEN 'stage_changed' THEN 'version ' || e.version || ' to ' || e.stage
            ELSE replace(e.kind, 'model_', '') END,
          e.actor, e.at
        FROM model_event e JOIN registered_model m ON m.id = e.model_id
        ORDER BY e.id DESC LIMIT :limit""",
    Kind.DATASET: """
        SELECT 'dataset', d.name, d.name, 'version ' || v.number || ' added', v.created_by_name, v.created_at
        FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id AND d.deleted_at IS NULL
        ORDER BY v.id DESC LIMIT :limit""",
    Kind.DEPLOYMENT: """
        SELECT 'deployment', name, name, state, created_by, updated_at
        FROM deployment ORDER BY updated_at DESC LIMIT :limit""",
    Kind.JOB: """
        SELECT 'job', id::text, kind, state, created_by_name, coalesce(finished_at, created_at)
        FROM job ORDER BY id DESC LIMIT :limit""",
}
_NEWS = {
    # An explanation follows a search by itself, and is found where somebody looks for it.
    Kind.JOB: """
        SELECT 'job' AS kind, id::text, kind AS name, state, coalesce(error ->> 'message', '') AS detail,
          finished_at AS at
        FROM job WHERE created_by = :user AND finished_at > :since
          AND (state IN ('failed', 'lost') OR state = 'succeeded' AND kind <> 'explain.compute')""",
    Kind.RUN: """
        SELECT 'run', r.id::text, r.name, r.status, e.name, r.ended_at
        FROM experiment e CROSS JOIN LATERAL (
          SELECT id, name, status, ended_at, user_name FROM run
          WHERE tenant_id = e.tenant_id AND experiment_id = e.id AND started_at > :since
            AND deleted_at IS NULL AND parent_run_id IS NULL
          ORDER BY started_at DESC LIMIT 50
        ) r
        WHERE e.deleted_at IS NULL AND r.status = 'failed' AND r.user_name = :name
          AND r.ended_at IS NOT NULL""",
    Kind.DEPLOYMENT: """
        SELECT 'deployment', name, name, state, coalesce(error, ''), updated_at
        FROM deployment WHERE state = 'failed' AND updated_at > :since""",
}
_GOING = text(
    """
    SELECT id FROM job WHERE created_by = :user AND state IN ('queued', 'running')
    ORDER BY id DESC LIMIT 5
    """
)
_READ_UNTIL = text("SELECT read_until FROM notification_mark WHERE user_id = :user")
_MARK = text(
    """
    INSERT INTO notification_mark (user_id, read_until) VALUES (:user, :until)
    ON CONFLICT (tenant_id, user_id) DO UPDATE
      SET read_until = greatest(notification_mark.read_until, excluded.read_until)
    """
)


class OverviewRepository:
    """Rows of all domains in the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def recent_runs(self, *, limit: int) -> list[RecentRun]:
        """The runs that were started last, without those of a parent."""
        found = await self._session.execute(_RECENT_RUNS, {"limit": limit})
        return [
            RecentRun(
                id=RunId(id),
                name=name,
                status=RunStatus(status),
                experiment_id=ExperimentId(experiment_id),
                experiment=experiment,
                user=user,
                started_at=started_at,
                ended_at=ended_at,
            )
            for id, name, status, experiment_id, experiment, user, started_at, ended_at in found
        ]

    async def changes(self, kinds: list[Kind], *, limit: int) -> list[Change]:
        """What happened last to things of these kinds, newest first."""
        parts = [f"({_CHANGES[kind]})" for kind in kinds if kind in _CHANGES]
        if not parts:
            return []
        whole = " UNION ALL ".join(parts)
        query = f"SELECT * FROM ({whole}) c (kind, id, name, what, by, at) ORDER BY at DESC LIMIT :limit"  # noqa: S608
        found = await self._session.execute(text(query), {"limit": limit})
        return [
            Change(kind=Kind(kind), id=id, name=name, what=what, by=by, at=at)
            for kind, id, name, what, by, at in found
        ]

    async def news(
        self, kinds: list[Kind], *, user: UUID, name: str, since: datetime, limit: int
    ) -> list[Notification]:
        """What ended or broke since then, newest first, all of it unread."""
        parts = [f"({_NEWS[kind]})" for kind in kinds if kind in _NEWS]
        if not parts:
            return []
        whole = " UNION ALL ".join(parts)
        query = f"SELECT * FROM ({whole}) n (kind, id, name, state, detail, at) ORDER BY at DESC LIMIT :limit"  # noqa: S608
        named = {"user": user, "name": name, "since": since, "limit": limit}
        found = await self._session.execute(text(query), named)
        return [
            Notification(
                kind=Kind(kind), id=id, name=name, state=state, detail=detail, at=at, read=False
            )
            for kind, id, name, state, detail, at in found
        ]

    async def going(self, user: UUID) -> list[UUID]:
        """The user's newest jobs that have not ended."""
        return [*await self._session.scalars(_GOING, {"user": user})]

    async def read_until(self, user: UUID) -> datetime | None:
        """Up to when the user has read."""
        found: datetime | None = await self._session.scalar(_READ_UNTIL, {"user": user})
        return found

    async def mark_read(self, user: UUID, until: datetime) -> None:
        """The user has read up to then; never back."""
        await self._session.execute(_MARK, {"user": user, "until": until})
