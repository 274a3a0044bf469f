"""`/api/v1/automl`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header

from maestro_ml.contracts.automl import (
    AutoMLProgress,
    AutoMLRequest,
    AutoMLResults,
    AutoMLSubmitted,
    DeployRequest,
)
from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.jobs import JobState
from maestro_ml.contracts.serving import Deployment
from maestro_ml.server.automl.service import AutoMLService
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Tier, Unit


def automl_routes(automl: AutoMLService) -> MaestroRouter:
    """Searches: submit, watch, results, cancel, deploy."""
    router = MaestroRouter(prefix="/automl/jobs", tag="automl")

    @router.post("", permission=Permission.JOB_SUBMIT, tier=Tier.AUTOML, status_code=202)
    async def submit(unit: Unit, body: AutoMLRequest) -> AutoMLSubmitted:
        """Start a search for the best model of a data set's column."""
        return await automl.submit(unit, body)

    @router.get("", permission=Permission.JOB_READ)
    async def list_searches(
        unit: Unit, limit: Limit = 100, cursor: Cursor = None, state: JobState | None = None
    ) -> Page[AutoMLProgress]:
        """The tenant's searches, newest first."""
        return await automl.list(unit, limit=limit, cursor=cursor, state=state)

    @router.get("/{job_id}", permission=Permission.JOB_READ)
    async def get_search(unit: Unit, job_id: UUID) -> AutoMLProgress:
        """How far a search is, and the best so far."""
        return await automl.get(unit, job_id)

    @router.get("/{job_id}/results", permission=Permission.JOB_READ)
    async def get_results(unit: Unit, job_id: UUID) -> AutoMLResults:
        """The leaderboard, what was skipped and why, and the registered winner."""
        return await automl.results(unit, job_id)

    @router.post("/{job_id}/cancel", permission=Permission.JOB_CANCEL)
    async def cancel(unit: Unit, job_id: UUID) -> AutoMLProgress:
        """End a search; one that runs keeps the best it has."""
        return await automl.cancel(unit, job_id)

    @router.post(
        "/{job_id}/deploy",
        permission=Permission.DEPLOYMENT_WRITE,
        status_code=201,
        idempotent=False,
    )
    async def deploy(
        unit: Unit,
        job_id: UUID,
        authorization: Annotated[str, Header()],
        body: DeployRequest | None = None,
    ) -> Deployment:
        """Serve the winner of a search; answers when its model is loaded."""
        return await automl.deploy(unit, job_id, body or DeployRequest(), authorization)

    return router
