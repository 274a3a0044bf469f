"""Ask for explanations, and read those that were made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from maestro_ml.contracts.datasets import DatasetVersion
from maestro_ml.contracts.explain import (
    Explanation,
    ExplanationContent,
    ExplanationId,
    ExplanationKind,
    ExplanationPending,
    ExplanationType,
    GlobalRequest,
    Instance,
    LimeRequest,
    ShapRequest,
)
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.jobs import JobId
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.server.blobs import BlobKey, BlobStore, OpenBlob, blob_key
from maestro_ml.server.datasets import DatasetNotFound, DatasetService, DatasetVersionNotFound
from maestro_ml.server.explain.errors import (
    BackgroundMissing,
    ExplanationFailed,
    ExplanationNotFound,
    RowNotFound,
)
from maestro_ml.server.explain.repository import ExplanationRepository
from maestro_ml.server.explain.rules import (
    DATA,
    KIND,
    ORPHANED_AFTER,
    REPORT,
    ExplainPayload,
    Question,
    check_instances,
    digest_of,
)
from maestro_ml.server.explain.tables import ExplanationRow
from maestro_ml.server.jobs import JobService, Retry
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import PermissionMissing
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry import RegistryService

COMPUTE = "explain.compute"
EXPLAINING = {Permission.DATASET_READ, Permission.JOB_SUBMIT}
"""What it takes to have an explanation made."""
_MAX_SECONDS = 900
_API = "/api/v1/explain/reports"


class ExplainService:
    """Explanations of the tenant's model versions; each is made once, by a job, and kept."""

    def __init__(
        self,
        registry: RegistryService,
        datasets: DatasetService,
        jobs: JobService,
        blobs: BlobStore,
    ) -> None:
        self._registry = registry
        self._datasets = datasets
        self._jobs = jobs
        self._blobs = blobs

    # Asking

    async def ask_shap(self, unit: UnitOfWork, body: ShapRequest) -> ExplanationId:
        """Shapley values of the rows of a request, or of the model as a whole.

        Raises NotFound, BackgroundMissing, InstanceMissing, TooManyInstances, ColumnMissing,
        ColumnUnknown.
        """
        version = await self.resolve(unit, body.model_id)
        if body.explanation_type is ExplanationType.GLOBAL:
            asked = GlobalRequest(dataset=body.dataset, seed=body.seed)
            return await self.ask_global(unit, version, asked, again=True)
        rows = body.instance_data or []
        instances = rows if isinstance(rows, list) else [rows]
        return await self._ask_local(
            unit, version, ExplanationKind.SHAP, instances, body.dataset, body.seed
        )

    async def ask_lime(self, unit: UnitOfWork, body: LimeRequest) -> ExplanationId:
        """A linear model around the row of a request. Raises as ask_shap does."""
        version = await self.resolve(unit, body.model_id)
        return await self._ask_local(
            unit, version, ExplanationKind.LIME, [body.instance_data], body.dataset, body.seed
        )

    async def ask_global(
        self,
        unit: UnitOfWork,
        version: ModelVersion,
        body: GlobalRequest,
        *,
        again: bool = False,
    ) -> ExplanationId:
        """Everything about a version; `again`: also if that has failed before.

        Raises NotFound, BackgroundMissing, ExplanationFailed.
        """
        question, _ = await self._question(
            unit, version, ExplanationKind.GLOBAL, body.dataset, body.seed
        )
        if body.target is not None:
            question = question.model_copy(update={"target": body.target})
        return await self._ask(unit, version, question, again=again)

    async def ask_row(
        self,
        unit: UnitOfWork,
        version: ModelVersion,
        row: int,
        *,
        kind: ExplanationKind,
        dataset: str | None,
    ) -> ExplanationId:
        """Explain row `row`, counted from 0, of the data set. Raises RowNotFound, NotFound."""
        question, data = await self._question(unit, version, kind, dataset, 0)
        if data is None or not 0 <= row < data.rows:
            has = "There is no data set to take it from" if data is None else f"It has {data.rows}"
            raise RowNotFound(f"There is no row {row}. {has}; rows are counted from 0.")
        return await self._ask(unit, version, question.model_copy(update={"row": row}), again=True)

    async def resolve(self, unit: UnitOfWork, reference: str) -> ModelVersion:
        """The version behind a name, `name/3`, `name@alias` or an id. Raises NotFound."""
        if "@" in reference or "/" in reference:
            return await self._registry.resolve(unit, reference)
        try:
            id = UUID(reference)
        except ValueError:
            return await self._registry.get_latest(unit, reference)
        found = (await self._registry.list_versions_by_id(unit, [id])).get(id)
        return found or await self._registry.get_latest(unit, reference)

    # Reading

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

    # Both

    async def _ask_local(
        self,
        unit: UnitOfWork,
        version: ModelVersion,
        kind: ExplanationKind,
        instances: Sequence[Instance],
        dataset: str | None,
        seed: int,
    ) -> ExplanationId:
        check_instances(instances, version.signature)
        question, _ = await self._question(unit, version, kind, dataset, seed)
        asked = question.model_copy(update={"instances": list(instances)})
        return await self._ask(unit, version, asked, again=True)

    async def _question(
        self,
        unit: UnitOfWork,
        version: ModelVersion,
        kind: ExplanationKind,
        dataset: str | None,
        seed: int,
    ) -> tuple[Question, DatasetVersion | None]:
        data = await self._background(unit, version, dataset)
        question = Question(
            kind=kind,
            dataset=None if data is None else f"{data.dataset_name}@{data.number}",
            data_sha256=version.sha256 if data is None else data.content_sha256,
            target=version.params.get("target"),
            metric=version.params.get("metric"),
            seed=seed,
        )
        return question, data

    async def _background(
        self, unit: UnitOfWork, version: ModelVersion, dataset: str | None
    ) -> DatasetVersion | None:
        """The rows to compare with: those asked for, those of the training, or the input example."""
        named = dataset or version.params.get("dataset")
        if named is not None:
            if Permission.DATASET_READ not in unit.context.permissions:
                raise PermissionMissing(Permission.DATASET_READ)
            try:
                return await self._datasets.get_version(unit, named)
            except (DatasetNotFound, DatasetVersionNotFound):
                if dataset is not None:
                    raise
        if version.input_example is None:
            raise BackgroundMissing(
                f"{version.model}/{version.version} names no data set that is still here, and has no "
                "input example, so there are no rows to compare with. Name a `dataset` with the "
                "columns that the model takes."
            )
        return None

    async def _ask(
        self, unit: UnitOfWork, version: ModelVersion, question: Question, *, again: bool
    ) -> ExplanationId:
        repository = ExplanationRepository(unit.session)
        row = await repository.find_asked(version.id, digest_of(question))
        if row is None:
            row = _new_row(version, question, unit)
            if not await repository.add(row, unit.context.tenant_id):
                row = await repository.find_asked(version.id, digest_of(question)) or row
        if row.job_id is None or (
            row.finished_at is None and again and await self._over(unit, row)
        ):
            await self._submit(unit, row, question)
        return ExplanationId(row.id)

    async def _over(self, unit: UnitOfWork, row: ExplanationRow) -> bool:
        assert row.job_id is not None
        return (await self._jobs.get(unit, row.job_id)).state.final

    async def _submit(self, unit: UnitOfWork, row: ExplanationRow, question: Question) -> None:
        if Permission.JOB_SUBMIT not in unit.context.permissions:
            raise PermissionMissing(Permission.JOB_SUBMIT)
        payload = ExplainPayload(
            explanation_id=row.id, version_id=row.version_id, question=question
        )
        job = await self._jobs.submit(
            unit, COMPUTE, payload, retry=Retry(max_attempts=2), max_seconds=_MAX_SECONDS
        )
        await ExplanationRepository(unit.session).set_job(row.id, job.id)
        unit.record(
            "explain.explanation.requested", "explanation", row.id, after={"kind": row.kind}
        )

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


def _new_row(version: ModelVersion, question: Question, unit: UnitOfWork) -> ExplanationRow:
    return ExplanationRow(
        id=new_id(),
        version_id=version.id,
        kind=question.kind.value,
        digest=digest_of(question),
        question=question.model_dump(mode="json"),
        job_id=None,
        created_at=now(),
        created_by=unit.context.actor.name,
        finished_at=None,
    )


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
