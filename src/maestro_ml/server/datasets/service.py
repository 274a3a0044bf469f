"""The catalogue of datasets: create, describe, find."""

from __future__ import annotations

from typing import Literal

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.dataset_profile import TableProfile
from maestro_ml.contracts.datasets import (
    Dataset,
    DatasetCreate,
    DatasetId,
    DatasetOrder,
    DatasetUpdate,
    DatasetVersion,
)
from maestro_ml.server.datasets.errors import (
    DatasetNameTaken,
    DatasetNotFound,
    DatasetVersionNotFound,
)
from maestro_ml.server.datasets.repository import DatasetRepository
from maestro_ml.server.datasets.rules import place_after, place_of, split_ref
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.paging import decode_cursor, to_page


class DatasetService:
    """The tenant's datasets; `ref` is an id or a name."""

    async def create(self, unit: UnitOfWork, body: DatasetCreate) -> Dataset:
        """Add a dataset without a version. Raises DatasetNameTaken."""
        dataset = new_dataset(unit.context, body)
        if not await DatasetRepository(unit.session).add(dataset):
            raise DatasetNameTaken(
                f"There is a dataset {body.name!r}. Upload a new version to it, or choose another name."
            )
        record_created(unit, dataset)
        return dataset

    async def get(self, unit: UnitOfWork, ref: str) -> Dataset:
        """Raises DatasetNotFound."""
        dataset = await DatasetRepository(unit.session).find(ref)
        if dataset is None:
            raise dataset_not_found(ref)
        return dataset

    async def update(self, unit: UnitOfWork, ref: str, change: DatasetUpdate) -> Dataset:
        """Change the description or the tags. Raises DatasetNotFound."""
        before = await self.get(unit, ref)
        repository = DatasetRepository(unit.session)
        await repository.update(before.id, change)
        changed = change.model_dump(exclude_none=True)
        unit.record(
            "datasets.dataset.updated",
            "dataset",
            before.id,
            before=before.model_dump(include=set(changed)),
            after=changed,
        )
        return before.model_copy(update=changed)

    async def get_version(
        self, unit: UnitOfWork, ref: str, number: int | Literal["latest"] | None = None
    ) -> DatasetVersion:
        """A version of `ref`, which may be `titanic@3` when `number` is not given.

        Raises DatasetNotFound, DatasetVersionNotFound.
        """
        named, asked = split_ref(ref) if number is None else (ref, number)
        dataset = await self.get(unit, named)
        version = await DatasetRepository(unit.session).find_version(dataset, asked)
        if version is None:
            newest = dataset.latest_version
            has = f"its latest is {newest}" if newest else "nothing was uploaded to it yet"
            raise DatasetVersionNotFound(
                f"{dataset.name} has no version {asked}; {has}. "
                f"`maestro datasets versions '{dataset.name}'` shows all."
            )
        return version

    async def get_profile(
        self, unit: UnitOfWork, ref: str, number: int | Literal["latest"]
    ) -> TableProfile:
        """The distribution of every column. Raises DatasetNotFound, DatasetVersionNotFound."""
        version = await self.get_version(unit, ref, number)
        return await DatasetRepository(unit.session).get_profile(version.id)

    async def list_versions(
        self, unit: UnitOfWork, ref: str, *, limit: int, cursor: str | None
    ) -> Page[DatasetVersion]:
        """A page of versions, newest first. Raises DatasetNotFound."""
        key = decode_cursor(cursor, parts=1)
        found = await DatasetRepository(unit.session).list_versions(
            await self.get(unit, ref), limit=limit + 1, before=int(key[0]) if key else None
        )
        return to_page(found, limit, lambda version: [version.number])

    async def list(
        self,
        unit: UnitOfWork,
        *,
        limit: int,
        cursor: str | None,
        order: DatasetOrder = DatasetOrder.CREATED,
        search: str | None = None,
        tag: str | None = None,
        deleted: bool = False,
    ) -> Page[Dataset]:
        """A page of datasets in `order`, whose name holds `search` and that have `tag`.

        tag: `key`, or `key=value`. deleted: those in the trash instead. Raises CursorInvalid, also for a cursor of another order.
        """
        key = decode_cursor(cursor, parts=3)
        wanted = None
        if tag is not None:
            name, given, value = tag.partition("=")
            wanted = (name, value if given else None)
        found = await DatasetRepository(unit.session).list(
            limit=limit + 1,
            order=order,
            after=place_after(order, key),
            search=search,
            tag=wanted,
            deleted=deleted,
        )
        return to_page(found, limit, lambda dataset: place_of(order, dataset))


def new_dataset(context: Context, body: DatasetCreate) -> Dataset:
    """A dataset that `context` is about to add."""
    moment = now()
    return Dataset(
        id=DatasetId(new_id()),
        name=body.name,
        description=body.description,
        tags=body.tags,
        created_at=moment,
        updated_at=moment,
        created_by=context.actor.id,
        created_by_name=context.actor.name,
        latest_version=None,
        rows=None,
        column_count=None,
        bytes=None,
    )


def record_created(unit: UnitOfWork, dataset: Dataset) -> None:
    """Note in the audit log that `dataset` was added."""
    unit.record("datasets.dataset.created", "dataset", dataset.id, after={"name": dataset.name})


def dataset_not_found(ref: str, *, place: str = "") -> DatasetNotFound:
    """The error for a reference to nothing."""
    where = f" {place}" if place else ""
    shows = f"`maestro datasets list{' --trash' if place else ''}` shows all{where}"
    return DatasetNotFound(f"There is no dataset {ref!r}{where}. {shows}.")
