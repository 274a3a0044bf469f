"""The making of an explanation as a kind of job."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.datasets import DatasetService, TableService
from maestro_ml.server.explain.errors import ModelInexplicable
from maestro_ml.server.explain.rules import ExplainPayload
from maestro_ml.server.explain.service import COMPUTE, ExplainService
from maestro_ml.server.jobs import JobContext, JobKind
from maestro_ml.server.registry import RegistryService


def explain_kind(
    explain: ExplainService,
    registry: RegistryService,
    datasets: DatasetService,
    tables: TableService,
    blobs: BlobStore,
) -> JobKind[ExplainPayload]:
    """`explain.compute`: loads the model in the job's own process, computes and stores."""

    async def version_and_table(
        job: JobContext, payload: ExplainPayload, folder: Path
    ) -> tuple[ModelVersion, Path, Path | None]:
        tenant_id, named = job.context.tenant_id, payload.question.dataset
        async with job.unit() as unit:
            version = await registry.get_version_by_id(unit, payload.version_id)
            data = None if named is None else await datasets.get_version(unit, named)
        package = await registry.materialize(tenant_id, version)
        table = None if data is None else await tables.materialize(tenant_id, data, folder)
        return version, package, table

    async def run(job: JobContext, payload: ExplainPayload) -> dict[str, Any]:
        # The ML libraries take seconds to load, and only the job's own process needs them.
        from maestro_ml.server.explain.compute import InexplicableError, compute  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="maestro-explain-") as scratch:
            folder = Path(scratch)
            version, package, table = await version_and_table(job, payload, folder)
            made = folder / "made"
            made.mkdir()
            try:
                await asyncio.to_thread(
                    compute, payload.question, version, package, table, made, job.report
                )
            except InexplicableError as error:
                raise ModelInexplicable(str(error)) from error
            for path in sorted(made.iterdir()):
                key = explain.key(job.context.tenant_id, payload.explanation_id, path.name)
                await blobs.put_file(key, path)
        async with job.unit() as unit:
            await explain.finish(unit, payload.explanation_id)
        job.report(1.0, f"explained {version.model} version {version.version}")
        return {"explanation_id": str(payload.explanation_id)}

    return JobKind(name=COMPUTE, payload=ExplainPayload, run=run)
