"""What a tenant's searches leave behind: remembered, shown, weighed, erased."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.value_ledger import PastSearch, ValueLedger
from maestro_ml.server.automl.draws import StartDraw, draw_start
from maestro_ml.server.automl.errors import PastSearchNotFound
from maestro_ml.server.automl.ledger import measure_value
from maestro_ml.server.automl.repository import (
    EvaluationRecord,
    PastSearchRepository,
    RecalledSearch,
)
from maestro_ml.server.automl.tables import AutoMLSearchRow
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.paging import decode_cursor, to_page
from maestro_ml.server.kernel.settings import AutoMLSettings

# A search's start must not wait for the history of years, nor the ledger's page.
_RECALLED = 500
_COMPARED = 2000
# Whole numbers that every client can read.
_SEED_BITS = 53


class SearchHistory:
    """The tenant's past searches; what was found about a data set stays when its rows are deleted."""

    def __init__(self, settings: AutoMLSettings) -> None:
        self._cold_share = settings.cold_share

    async def draw(self, unit: UnitOfWork, *, wanted: bool) -> StartDraw:
        """Decide how a new search begins; with `wanted` false without history, and undrawn."""
        repository = PastSearchRepository(unit.session)
        past = await repository.count_usable(_RECALLED)
        return draw_start(
            past, wanted=wanted, cold_share=self._cold_share, seed=secrets.randbits(_SEED_BITS)
        )

    async def remember(
        self, unit: UnitOfWork, search: AutoMLSearchRow, evaluations: Sequence[EvaluationRecord]
    ) -> None:
        """Store a search that is over."""
        await PastSearchRepository(unit.session).add(search, evaluations)

    async def recall(self, unit: UnitOfWork) -> list[RecalledSearch]:
        """The latest 500 searches with a score, for one to come."""
        return await PastSearchRepository(unit.session).recall(_RECALLED)

    async def ledger(self, unit: UnitOfWork) -> ValueLedger:
        """What starting with history is worth, over the latest 2,000 drawn searches."""
        repository = PastSearchRepository(unit.session)
        outcomes = await repository.outcomes(_COMPARED)
        left_out = await repository.count_undrawn()
        return await asyncio.to_thread(
            measure_value, outcomes, cold_share=self._cold_share, left_out=left_out
        )

    async def forget(self, unit: UnitOfWork, id: UUID) -> None:
        """Erase a search, so that no other learns from it. Raises PastSearchNotFound."""
        if not await PastSearchRepository(unit.session).delete(id):
            raise PastSearchNotFound(
                f"No search {id} is remembered. `maestro automl history` shows those that are."
            )
        unit.record("automl.search.forgotten", "job", id)

    async def list(self, unit: UnitOfWork, *, limit: int, cursor: str | None) -> Page[PastSearch]:
        """A page of what is remembered, newest first."""
        key = decode_cursor(cursor, parts=1)
        found = await PastSearchRepository(unit.session).list(
            limit=limit + 1, before=UUID(key[0]) if key else None
        )
        return to_page(found, limit, lambda search: [str(search.id)])
