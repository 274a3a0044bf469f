"""Read the explanations that were made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from maestro_ml.contracts.explain import (
    Explanation,
    ExplanationContent,
    ExplanationId,
    ExplanationKind,
    ExplanationPending,
)
from maestro_ml.contracts.jobs import JobId
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.server.blobs import BlobKey, BlobStore, OpenBlob, blob_key
from maestro_ml.server.explain.errors import ExplanationFailed, ExplanationNotFound
from maestro_ml.server.explain.repository import ExplanationRepository
from maestro_ml.server.explain.rules import DATA, KIND, ORPHANED_AFTER, REPORT
from maestro_ml.server.explain.tables import ExplanationRow
from maestro_ml.server.jobs import JobService
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.registry import RegistryService

_API = "/api/v1/explain/reports"


class ExplanationReports:
    """The tenant's explanations as they are stored: a row, and files in the object store."""

    def __init__(self, registry: RegistryService, jobs: JobService, blobs: BlobStore) -> None:
        self._registry = registry
        self._jobs = jobs
        self._blobs = blobs

    async def get(self, unit: UnitOfWork, id: UUID) -> Explanation | ExplanationPending:
        """An explanation, or how far it is. Raises ExplanationNotFound, ExplanationFailed."""
        row = await self._row(unit, id)
        if row.finished_at is not None:
            return await self._read(unit, row)
        assert row.job_id is not None
        job = await self._jobs.get(unit, row.job_id)
        if job.state.final:
            reason = job.error.message if job.error else "The job was ended before it was done."
            raise ExplanationFailed(
                f"The explanation could not be made: {reason} Ask for it again with POST when that is "
                "mended."
            )
        return ExplanationPending(
            id=ExplanationId(row.id), job_id=job.id, status=job.state, location=f"{_API}/{row.id}"
        )

    async def open_file(self, unit: UnitOfWork, id: UUID, name: str) -> OpenBlob:
        """A picture or the data of an explanation. Raises ExplanationNotFound."""
        explanation = await self.get(unit, id)
        if isinstance(explanation, ExplanationPending):
            raise ExplanationNotFound("The explanation is not made yet. Ask again in a moment.")
        if name not in (DATA, *explanation.plots):
            known = ", ".join([DATA, *explanation.plots])
            raise ExplanationNotFound(f"The explanation has no file {name!r}; it has {known}.")
        return await self._blobs.open(self.key(unit.context.tenant_id, id, name))

    def key(self, tenant_id: UUID, id: UUID, name: str) -> BlobKey:
        """Where the object store keeps a file of an explanation."""
        return blob_key(tenant_id, KIND, str(id), name)

    async def finish(self, unit: UnitOfWork, id: UUID) -> None:
        """Its files are stored. Raises ExplanationNotFound when its version is gone."""
        if not await ExplanationRepository(unit.session).finish(id, now()):
            raise _not_found(id)
        unit.record("explain.explanation.made", "explanation", id)

    async def purge_orphans(self, unit: UnitOfWork) -> int:
        """Delete the files of explanations that are gone with their versions; the bytes freed."""

        async def named(keys: list[BlobKey]) -> set[BlobKey]:
            ids = {key: UUID(key.split("/")[2]) for key in keys}
            kept = await ExplanationRepository(unit.session).existing(set(ids.values()))
            return {key for key, id in ids.items() if id in kept}

        prefix = blob_key(unit.context.tenant_id, KIND)
        return await self._blobs.purge_orphans(prefix, named, before=now() - ORPHANED_AFTER)

    async def _row(self, unit: UnitOfWork, id: UUID) -> ExplanationRow:
        row = await ExplanationRepository(unit.session).find(id)
        if row is None:
            raise _not_found(id)
        return row

    async def _read(self, unit: UnitOfWork, row: ExplanationRow) -> Explanation:
        blob = await self._blobs.open(self.key(unit.context.tenant_id, row.id, REPORT))
        stored = b"".join([chunk async for chunk in blob.chunks])
        content = ExplanationContent.model_validate_json(stored)
        version = await self._registry.get_version_by_id(unit, row.version_id)
        return _to_explanation(row, content, version)


def _to_explanation(
    row: ExplanationRow, content: ExplanationContent, version: ModelVersion
) -> Explanation:
    asked: dict[str, Any] = row.question
    urls = {name.removesuffix(".svg"): f"{_API}/{row.id}/files/{name}" for name in content.plots}
    assert row.job_id is not None
    return Explanation(
        **dict(content),
        id=ExplanationId(row.id),
        kind=ExplanationKind(row.kind),
        model=version.model,
        version=version.version,
        dataset=asked["dataset"],
        seed=asked["seed"],
        job_id=JobId(row.job_id),
        created_at=row.created_at,
        created_by=row.created_by,
        plot_url=next(iter(urls.values())),
        plot_urls=urls,
        data_url=f"{_API}/{row.id}/files/{DATA}",
    )


def _not_found(id: UUID) -> ExplanationNotFound:
    return ExplanationNotFound(
        f"There is no explanation {id}. It goes with the version that it explains; ask for a new one."
    )
