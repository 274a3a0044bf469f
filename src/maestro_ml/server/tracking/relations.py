"""What a run read and wrote, inside a unit of work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from maestro_ml.contracts.run_relations import RunDataset, RunModel, RunRelations
from maestro_ml.server.kernel.db import SessionCalls, UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.repository import LoggedModelFunctions, TrackingFunctions

_CONTEXT = "mlflow.data.context"


class RelationUseCases:
    """For whoever wants to know where a run stands."""

    async def run_relations(self, unit: UnitOfWork, run_id: UUID) -> RunRelations:
        """Data sets and logged models of a run. Raises RunNotFound."""
        calls, tenant_id = SessionCalls(unit.session), unit.context.tenant_id
        found = await TrackingFunctions(calls, tenant_id).find_runs([run_id])
        if not found:
            raise outcomes.run_not_found(run_id)
        datasets = orjson.loads(found[0].datasets or "[]")
        ties = {each["model_id"]: each for each in orjson.loads(found[0].models or "[]")}
        models = await LoggedModelFunctions(calls, tenant_id).list([*ties]) if ties else []
        return RunRelations(
            datasets=[_to_dataset(each) for each in datasets],
            models=[
                RunModel(
                    id=model.id,
                    name=model.name,
                    model_type=model.model_type,
                    status=model.status,
                    written=ties[model.id]["direction"] == "output",
                    step=ties[model.id]["step"],
                )
                for model in models
                if model.deleted_at is None
            ],
        )


def _to_dataset(found: dict[str, Any]) -> RunDataset:
    return RunDataset(
        name=found["name"],
        digest=found["digest"],
        context=(found.get("tags") or {}).get(_CONTEXT),
        source_type=found["source_type"],
        source=found["source"],
        schema_text=found["schema"] or "",
        profile=found["profile"] or "",
    )
