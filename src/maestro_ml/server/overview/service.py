"""Search, what changed, notifications and storage, each as far as the caller may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.overview import (
    Notifications,
    Overview,
    SearchResults,
    Storage,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.overview.repository import OverviewRepository
from maestro_ml.server.overview.repository_search import SearchRepository
from maestro_ml.server.overview.repository_storage import StorageRepository
from maestro_ml.server.overview.rules import id_range, patterns, visible_kinds

_NEWS_FOR = timedelta(days=14)
_NEWS = 50


class OverviewService:
    """Reads what the domains wrote."""

    async def search(self, unit: UnitOfWork, wanted: str, *, limit: int) -> SearchResults:
        """What has every word of `wanted` in its name, or an id that begins with it."""
        words = patterns(wanted)
        if not words:
            return SearchResults(items=[])
        found = await SearchRepository(unit.session).search(
            visible_kinds(unit.context.permissions),
            " ".join(wanted.lower().split()),
            words,
            id_range(wanted),
            limit=limit,
        )
        return SearchResults(items=found)

    async def overview(self, unit: UnitOfWork, *, limit: int) -> Overview:
        """The last runs and changes."""
        repository = OverviewRepository(unit.session)
        may = Permission.EXPERIMENT_READ in unit.context.permissions
        return Overview(
            runs=await repository.recent_runs(limit=limit) if may else [],
            changes=await repository.changes(visible_kinds(unit.context.permissions), limit=limit),
        )

    async def notifications(self, unit: UnitOfWork) -> Notifications:
        """The caller's jobs that ended, runs that failed, and deployments that broke."""
        repository, user = OverviewRepository(unit.session), _caller(unit)
        found = await repository.news(
            visible_kinds(unit.context.permissions),
            user=user,
            name=unit.context.actor.name,
            since=now() - _NEWS_FOR,
            limit=_NEWS,
        )
        until = await repository.read_until(user)
        items = [
            each.model_copy(update={"read": until is not None and each.at <= until})
            for each in found
        ]
        unread = sum(not each.read for each in items)
        return Notifications(items=items, unread=unread, going=await repository.going(user))

    async def mark_read(self, unit: UnitOfWork, until: datetime) -> None:
        """The caller has seen what came until then, at the latest until now."""
        await OverviewRepository(unit.session).mark_read(_caller(unit), min(until, now()))

    async def storage(self, unit: UnitOfWork) -> Storage:
        """What the tenant keeps."""
        repository = StorageRepository(unit.session)
        return Storage(shares=[*await repository.shares(), await repository.points()])


def _caller(unit: UnitOfWork) -> UUID:
    user_id = unit.context.actor.id
    assert user_id is not None
    return user_id
