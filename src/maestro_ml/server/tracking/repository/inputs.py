"""What runs read and wrote: datasets, and logged models by their ids."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.tracking.tables import InputDatasetRow, RunDatasetRow, RunRow

_LOG_INPUTS = "SELECT tracking_log_inputs($1, $2, $3, $4)"
_LOG_OUTPUTS = "SELECT tracking_log_outputs($1, $2, $3, $4)"
_APPEND_TO_TAG = "SELECT tracking_append_to_tag($1, $2, $3, $4)"
_LIST_DATASETS = "SELECT * FROM tracking_list_datasets($1, $2, $3)"


class DatasetSummary(NamedTuple):
    """A dataset that runs of an experiment read, and what as: `training`, `eval`, …"""

    experiment_id: int
    name: str
    digest: str
    context: str | None


class ReadingRun(NamedTuple):
    """A run that read a dataset; `digest` is the client's own mark of the dataset's content."""

    id: UUID
    name: str
    experiment_id: int
    status: str
    digest: str
    started_at: datetime


class InputRepository:
    """What runs of the session's tenant read, asked from the dataset's side."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def runs_that_read(self, name: str, limit: int) -> list[ReadingRun]:
        """Runs outside the trash that logged a dataset of this name, the latest start first."""
        found = await self._session.execute(
            select(
                RunRow.id,
                RunRow.name,
                RunRow.experiment_id,
                RunRow.status,
                InputDatasetRow.digest,
                RunRow.started_at,
            )
            .join(RunDatasetRow, RunDatasetRow.run_id == RunRow.id)
            .join(InputDatasetRow, InputDatasetRow.id == RunDatasetRow.dataset_id)
            .where(InputDatasetRow.name == name, RunRow.deleted_at.is_(None))
            .order_by(RunRow.started_at.desc(), RunRow.id)
            .limit(limit)
        )
        return [ReadingRun(*row) for row in found]


class InputFunctions:
    """The functions on behalf of one tenant; writers answer run_missing or run_deleted, else None."""

    def __init__(self, calls: Calls, tenant_id: UUID) -> None:
        self._calls = calls
        self._tenant_id = tenant_id

    async def log_inputs(
        self, run_id: UUID, datasets: list[dict[str, Any]], models: list[str]
    ) -> str | None:
        """Store what a run read; `datasets` as in a WholeRunRecord."""
        given = orjson.dumps(datasets).decode()
        return await self._word(_LOG_INPUTS, run_id, given, models)

    async def log_outputs(self, run_id: UUID, models: list[str], steps: list[int]) -> str | None:
        """Store which models a run wrote, and at which step."""
        return await self._word(_LOG_OUTPUTS, run_id, models, steps)

    async def append_to_tag(self, run_id: UUID, key: str, item: dict[str, Any]) -> str | None:
        """Add `item` to the JSON list in a tag."""
        return await self._word(_APPEND_TO_TAG, run_id, key, orjson.dumps(item).decode())

    async def list_datasets(self, experiment_ids: list[int], limit: int) -> list[DatasetSummary]:
        """What the runs of experiments read."""
        rows = await self._calls.rows(_LIST_DATASETS, self._tenant_id, experiment_ids, limit)
        return [DatasetSummary(*row) for row in rows]

    async def _word(self, statement: str, *arguments: Any) -> str | None:
        rows = await self._calls.rows(statement, self._tenant_id, *arguments)
        word: str | None = rows[0][0]
        return word
