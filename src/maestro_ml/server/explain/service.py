"""Ask for explanations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from maestro_ml.contracts.datasets import DatasetVersion
from maestro_ml.contracts.explain import (
    ExplanationId,
    ExplanationKind,
    ExplanationType,
    GlobalRequest,
    Instance,
    LimeRequest,
    ShapRequest,
)
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.datasets import DatasetNotFound, DatasetService, DatasetVersionNotFound
from maestro_ml.server.explain.errors import (
    BackgroundMissing,
    RowNotFound,
)
from maestro_ml.server.explain.reports import ExplanationReports
from maestro_ml.server.explain.repository import ExplanationRepository
from maestro_ml.server.explain.rules import (
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


class ExplainService(ExplanationReports):
    """Explanations of the tenant's model versions; each is made once, by a job, and kept."""

    def __init__(
        self,
        registry: RegistryService,
        datasets: DatasetService,
        jobs: JobService,
        blobs: BlobStore,
    ) -> None:
        super().__init__(registry, jobs, blobs)
        self._datasets = datasets

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
