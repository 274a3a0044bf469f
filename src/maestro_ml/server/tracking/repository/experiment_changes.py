"""Which runs of an experiment changed since a moment, as `changes` tells it of one run."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.tracking.repository.changes import LONGEST, SINCE, WRITTEN_SINCE
from maestro_ml.server.tracking.tables import RunRow

# Whatever is written to a run that has ended changes its row; so only of the others the metrics are
# looked at, of which there are few.
_CHANGED = text(
    f"""
    WITH since AS MATERIALIZED ({SINCE}),
    changed AS MATERIALIZED (
      (SELECT r.id FROM run r, since s
       WHERE r.tenant_id = :tenant AND r.experiment_id = :experiment
         AND {WRITTEN_SINCE.format(row="r")} LIMIT :limit)
      UNION
      (SELECT r.id FROM run r, since s
       WHERE r.tenant_id = :tenant AND r.experiment_id = :experiment AND r.ended_at IS NULL
         AND EXISTS (SELECT FROM run_metric m WHERE m.tenant_id = :tenant AND m.run_id = r.id
                     AND {WRITTEN_SINCE.format(row="m")}) LIMIT :limit)
    )
    SELECT pg_current_snapshot()::text, s.known - pg_snapshot_xmin(s.snapshot)::text::bigint,
      ARRAY(SELECT c.id FROM changed c)
    FROM since s
    """  # noqa: S608
)
_NOW = text("SELECT pg_current_snapshot()::text")


class ChangedRuns(NamedTuple):
    """The runs that changed until `moment`; None if that cannot be told."""

    moment: str
    ids: list[UUID] | None


class ExperimentChangeRepository:
    """The changes of one experiment of the session's tenant."""

    def __init__(self, session: AsyncSession, tenant_id: UUID, experiment_id: int) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._experiment_id = experiment_id

    async def now(self) -> str:
        """This moment."""
        found: str = await self._session.scalar(_NOW)
        return found

    async def since(self, moment: str, *, most: int) -> ChangedRuns:
        """The runs that changed since `moment`, in the trash or not; if there are more, some more."""
        found = await self._session.execute(
            _CHANGED,
            {
                "since": moment,
                "tenant": self._tenant_id,
                "experiment": self._experiment_id,
                "limit": most + 1,
            },
        )
        now, passed, ids = found.one()
        return ChangedRuns(now, ids if 0 <= passed <= LONGEST else None)

    async def of(self, run_ids: set[UUID]) -> tuple[list[UUID], set[UUID]]:
        """Those of the runs that the experiment holds, and those that nothing holds any more."""
        found = await self._session.execute(
            select(RunRow.id, RunRow.experiment_id).where(RunRow.id.in_(run_ids))
        )
        homes = {row.id: row.experiment_id for row in found}
        mine = [id for id, home in homes.items() if home == self._experiment_id]
        return mine, run_ids - homes.keys()
