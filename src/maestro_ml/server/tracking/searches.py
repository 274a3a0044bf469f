"""Searches for runs in the language of MLflow's filters."""

from __future__ import annotations

from collections.abc import Sequence

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.run_tables import RunChoice, RunPlaces, RunPlacesQuery
from maestro_ml.contracts.selections import RunSearch
from maestro_ml.contracts.tracking import Run
from maestro_ml.server.kernel.db import Calls, SessionCalls, UnitOfWork
from maestro_ml.server.search import SearchLanguage, Subject
from maestro_ml.server.tracking.repository import TrackingFunctions
from maestro_ml.server.tracking.repository.run_query import RunQuery
from maestro_ml.server.tracking.repository.run_search import RunSearchRepository
from maestro_ml.server.tracking.repository.run_tables import RunTableRepository
from maestro_ml.server.tracking.wire import to_run

PLACES_APART = 1000
MOST_COUNTED = 200_000


class RunSearchService:
    """Reads what is asked for with `language`, and finds it on the connections of searches."""

    def __init__(self, language: SearchLanguage, calls: Calls) -> None:
        self._language = language
        self._calls = calls

    async def search(self, unit: UnitOfWork, body: RunSearch) -> Page[Run]:
        """A page of runs. Raises SearchInvalid, which tells what is wrong with the filter."""
        query = await self.query(body, body.order_by)
        tenant_id = unit.context.tenant_id
        found, token = await RunSearchRepository(self._calls, tenant_id).page(
            query, limit=body.limit, token=body.cursor, skip=body.skip
        )
        ids = [each.id for each in found]
        records = await TrackingFunctions(self._calls, tenant_id).find_runs(ids) if ids else []
        runs = {record.id: to_run(record) for record in records}
        return Page(items=[runs[id] for id in ids if id in runs], next_cursor=token)

    async def places(self, unit: UnitOfWork, body: RunPlacesQuery) -> RunPlaces:
        """How many runs a search finds, and tokens on the way. Raises SearchInvalid."""
        query = await self.query(body, body.order_by)
        tenant_id = unit.context.tenant_id
        total, start, cursors = await RunSearchRepository(self._calls, tenant_id).places(
            query, every=PLACES_APART, most=MOST_COUNTED
        )
        exact = total < MOST_COUNTED
        if not exact:
            tables = RunTableRepository(SessionCalls(unit.session), tenant_id)
            total = max(total, await tables.estimate(query))
        return RunPlaces(total=total, exact=exact, start=start, every=PLACES_APART, cursors=cursors)

    async def query(self, body: RunSearch | RunChoice, orders: Sequence[str] = ()) -> RunQuery:
        """What `body` asks for. Raises SearchInvalid."""
        return RunQuery(
            experiment_ids=tuple(body.experiment_ids),
            view=body.view,
            conditions=await self._language.conditions(Subject.RUNS, body.filter),
            orders=await self._language.orders(Subject.RUNS, orders),
        )
