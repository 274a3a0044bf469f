"""All SQL of datasets."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.dataset_profile import Column, IngestedTable, TableProfile
from maestro_ml.contracts.datasets import (
    Dataset,
    DatasetId,
    DatasetOrder,
    DatasetUpdate,
    DatasetVersion,
    DatasetVersionId,
    TableFormat,
)
from maestro_ml.server.datasets.rules import id_of
from maestro_ml.server.datasets.tables import DatasetRow, DatasetVersionRow


class DatasetRepository:
    """Rows of datasets as contracts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    # Datasets

    async def add(self, dataset: Dataset) -> bool:
        """Insert a dataset without versions; False if its name is taken."""
        row = dataset.model_dump(
            exclude={"updated_at", "latest_version", "rows", "column_count", "bytes"}
        )
        query = insert(DatasetRow).values(**row, last_version=0).on_conflict_do_nothing()
        added = await self._session.execute(query.returning(DatasetRow.id))
        return added.first() is not None

    async def find(self, ref: str, *, deleted: bool = False) -> Dataset | None:
        """The dataset with this id or name; of several in the trash, the one that came there last."""
        id_ = id_of(ref)
        named = DatasetRow.name == ref if id_ is None else DatasetRow.id == id_
        query = _datasets(deleted=deleted).where(named).order_by(DatasetRow.deleted_at.desc())
        found = (await self._session.execute(query.limit(1))).first()
        return None if found is None else _to_dataset(*found)

    async def update(self, dataset_id: DatasetId, change: DatasetUpdate) -> None:
        """Change what is not None."""
        values = change.model_dump(exclude_none=True)
        if values:
            query = update(DatasetRow).where(DatasetRow.id == dataset_id).values(**values)
            await self._session.execute(query)

    async def set_deleted(self, dataset_id: DatasetId, at: datetime | None) -> None:
        """Put a dataset in the trash, or take it out."""
        query = update(DatasetRow).where(DatasetRow.id == dataset_id).values(deleted_at=at)
        await self._session.execute(query)

    async def deleted_before(self, moment: datetime) -> list[DatasetId]:
        """What has been in the trash since then."""
        query = select(DatasetRow.id).where(DatasetRow.deleted_at < moment)
        return [DatasetId(id_) for id_ in await self._session.scalars(query)]

    async def delete(self, dataset_id: DatasetId) -> list[DatasetVersionId]:
        """Delete a dataset with its versions for good; the ids of these."""
        # The lock keeps an upload from adding a version that this would not see.
        held = select(DatasetRow.id).where(DatasetRow.id == dataset_id).with_for_update()
        await self._session.execute(held)
        query = select(DatasetVersionRow.id).where(DatasetVersionRow.dataset_id == dataset_id)
        versions = [DatasetVersionId(id_) for id_ in await self._session.scalars(query)]
        await self._session.execute(delete(DatasetRow).where(DatasetRow.id == dataset_id))
        return versions

    async def lock(self, dataset_id: DatasetId) -> bool:
        """Hold the dataset until the commit; False if it is gone, or in the trash."""
        query = select(DatasetRow.id).where(
            DatasetRow.id == dataset_id, DatasetRow.deleted_at.is_(None)
        )
        return await self._session.scalar(query.with_for_update()) is not None

    # Versions

    async def add_version(
        self,
        dataset: Dataset,
        table: IngestedTable,
        *,
        id: DatasetVersionId,
        source: str,
        git_commit: str | None,
        at: datetime,
        by: tuple[UUID | None, str],
    ) -> DatasetVersion:
        """Insert the next version of a locked dataset."""
        query = (
            update(DatasetRow)
            .where(DatasetRow.id == dataset.id)
            .values(last_version=DatasetRow.last_version + 1)
            .returning(DatasetRow.last_version)
        )
        row = DatasetVersionRow(
            id=id,
            dataset_id=dataset.id,
            number=(await self._session.execute(query)).scalar_one(),
            rows=table.rows,
            columns=[column.model_dump(mode="json") for column in table.columns],
            bytes=table.content_bytes,
            content_sha256=table.content_sha256,
            source=source,
            source_format=table.source_format,
            source_bytes=table.source_bytes,
            source_sha256=table.source_sha256,
            git_commit=git_commit,
            profile=table.profile.model_dump(mode="json"),
            created_at=at,
            created_by=by[0],
            created_by_name=by[1],
        )
        self._session.add(row)
        await self._session.flush()
        return _to_version(row, dataset.name)

    async def find_version(
        self, dataset: Dataset, number: int | Literal["latest"]
    ) -> DatasetVersion | None:
        """A version of the dataset."""
        query = _versions(dataset).limit(1)
        if number != "latest":
            query = query.where(DatasetVersionRow.number == number)
        row = await self._session.scalar(query)
        return None if row is None else _to_version(row, dataset.name)

    async def list_versions(
        self, dataset: Dataset, *, limit: int, before: int | None
    ) -> list[DatasetVersion]:
        """Versions of the dataset, newest first."""
        query = _versions(dataset).limit(limit)
        if before is not None:
            query = query.where(DatasetVersionRow.number < before)
        return [_to_version(row, dataset.name) for row in await self._session.scalars(query)]

    async def get_profile(self, version_id: DatasetVersionId) -> TableProfile:
        """The profile of a version that exists."""
        query = select(DatasetVersionRow.profile).where(DatasetVersionRow.id == version_id)
        return TableProfile.model_validate((await self._session.execute(query)).scalar_one())

    async def existing_versions(self, ids: Collection[DatasetVersionId]) -> set[DatasetVersionId]:
        """Those of `ids` that are versions."""
        query = select(DatasetVersionRow.id).where(DatasetVersionRow.id.in_(ids))
        return {DatasetVersionId(id_) for id_ in await self._session.scalars(query)}

    async def list(
        self,
        *,
        limit: int,
        order: DatasetOrder,
        after: tuple[Any, UUID] | None,
        search: str | None,
        tag: tuple[str, str | None] | None,
        deleted: bool = False,
    ) -> list[Dataset]:
        """Datasets whose name holds `search` and that have the tag (with its value), in order.

        after: the order's value and the id of the last one of the page before.
        """
        value = _ORDERS[order]
        up = order is DatasetOrder.NAME
        key = tuple_(value, DatasetRow.id)
        sorts = [value, DatasetRow.id] if up else [value.desc(), DatasetRow.id.desc()]
        query = _datasets(deleted=deleted).order_by(*sorts).limit(limit)
        if after is not None:
            last = tuple_(literal(after[0], value.type), literal(after[1]))
            query = query.where(key > last if up else key < last)
        if search:
            query = query.where(DatasetRow.name.icontains(search, autoescape=True))
        if tag is not None:
            name, wanted = tag
            query = query.where(
                DatasetRow.tags.has_key(name)
                if wanted is None
                else DatasetRow.tags[name].astext == wanted
            )
        return [_to_dataset(*found) for found in await self._session.execute(query)]


_UPDATED = func.coalesce(DatasetVersionRow.created_at, DatasetRow.created_at)
_ORDERS: dict[DatasetOrder, ColumnElement[Any]] = {
    DatasetOrder.CREATED: DatasetRow.created_at.expression,
    DatasetOrder.UPDATED: _UPDATED,
    DatasetOrder.NAME: DatasetRow.name.expression,
    DatasetOrder.ROWS: func.coalesce(DatasetVersionRow.rows, -1),
    DatasetOrder.BYTES: func.coalesce(DatasetVersionRow.bytes, -1),
}


def _datasets(*, deleted: bool) -> Select[DatasetRow, Any, Any, Any, Any]:
    """Every dataset, or all in the trash, with what is shown of its latest version."""
    latest = DatasetVersionRow
    joined = and_(latest.dataset_id == DatasetRow.id, latest.number == DatasetRow.last_version)
    width = func.jsonb_array_length(latest.columns)
    query = select(DatasetRow, _UPDATED, latest.rows, width, latest.bytes)
    gone = DatasetRow.deleted_at
    return query.outerjoin(latest, joined).where(gone.is_not(None) if deleted else gone.is_(None))


def _versions(dataset: Dataset) -> Select[DatasetVersionRow]:
    query = select(DatasetVersionRow).where(DatasetVersionRow.dataset_id == dataset.id)
    return query.order_by(DatasetVersionRow.number.desc())


def _to_dataset(
    row: DatasetRow,
    updated_at: datetime,
    rows: int | None,
    column_count: int | None,
    size: int | None,
) -> Dataset:
    return Dataset(
        id=DatasetId(row.id),
        name=row.name,
        description=row.description,
        tags=row.tags,
        created_at=row.created_at,
        created_by=row.created_by,
        created_by_name=row.created_by_name,
        updated_at=updated_at,
        latest_version=row.last_version or None,
        rows=rows,
        column_count=column_count,
        bytes=size,
        deleted_at=row.deleted_at,
    )


def _to_version(row: DatasetVersionRow, dataset_name: str) -> DatasetVersion:
    return DatasetVersion(
        id=DatasetVersionId(row.id),
        dataset_id=DatasetId(row.dataset_id),
        dataset_name=dataset_name,
        number=row.number,
        rows=row.rows,
        columns=[Column.model_validate(column) for column in row.columns],
        bytes=row.bytes,
        content_sha256=row.content_sha256,
        source=row.source,
        source_format=TableFormat(row.source_format),
        source_bytes=row.source_bytes,
        source_sha256=row.source_sha256,
        git_commit=row.git_commit,
        created_at=row.created_at,
        created_by=row.created_by,
        created_by_name=row.created_by_name,
    )
