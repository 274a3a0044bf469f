"""Submit, watch, cancel and deploy searches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from maestro_ml.contracts.automl import (
    AutoMLProgress,
    AutoMLRequest,
    AutoMLResults,
    AutoMLSubmitted,
    CurrentBest,
    DeployRequest,
    ScorePoint,
    SkippedCandidate,
    StartOrigin,
)
from maestro_ml.contracts.base import Page
from maestro_ml.contracts.jobs import Job, JobState
from maestro_ml.contracts.serving import Deployment
from maestro_ml.contracts.tracking import RunCreate, RunId, RunStatus
from maestro_ml.server.automl.draws import StartDraw
from maestro_ml.server.automl.errors import ResultsNotReady, SearchNotFound
from maestro_ml.server.automl.history import SearchHistory
from maestro_ml.server.automl.ports import Deployer
from maestro_ml.server.automl.rules import (
    check_budget,
    check_open,
    check_request,
    deployment_name,
    model_name,
)
from maestro_ml.server.datasets import DatasetService
from maestro_ml.server.jobs import JobNotFound, JobService, Retry
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.settings import AutoMLSettings
from maestro_ml.server.registry import check_model_name
from maestro_ml.server.tracking import TrackingService

SEARCH = "automl.search"
# Loading the table and the libraries before the search, packaging and registering after it.
_MARGIN_SECONDS = 180


class SearchPayload(BaseModel):
    """A search as it is queued: the request with every choice pinned, and the run that records it."""

    model_config = ConfigDict(frozen=True)

    request: AutoMLRequest
    dataset_name: str
    version: int
    model_name: str
    run_id: UUID
    start: StartDraw = StartDraw()


class AutoMLService:
    """The tenant's searches; each is a job of kind `automl.search`, and a run with one child a trial."""

    def __init__(
        self,
        datasets: DatasetService,
        tracking: TrackingService,
        jobs: JobService,
        deployer: Deployer,
        history: SearchHistory,
        settings: AutoMLSettings,
    ) -> None:
        self._datasets = datasets
        self._tracking = tracking
        self._jobs = jobs
        self._deployer = deployer
        self._history = history
        self._settings = settings

    async def submit(
        self, unit: UnitOfWork, request: AutoMLRequest, *, draw: StartDraw | None = None
    ) -> AutoMLSubmitted:
        """Queue a search; `draw` is what was drawn for it before.

        Raises DatasetNotFound, TargetNotFound, TargetUnusable, TableTooSmall, ModelNameInvalid,
        BudgetTooLarge, TooManySearches.
        """
        version = await self._datasets.get_version(unit, request.dataset_id, request.version)
        profile = await self._datasets.get_profile(unit, request.dataset_id, version.number)
        check_request(request, profile)
        name = check_model_name(model_name(request, version.dataset_name))
        check_budget(request, self._settings.max_seconds)
        check_open(await self._jobs.count_open(unit, SEARCH), self._settings.max_open)
        experiment = await self._tracking.get_or_create_experiment(
            unit, f"automl-{version.dataset_name}"
        )
        run = await self._tracking.create_run(
            unit,
            RunCreate(
                experiment_id=experiment.id,
                name=f"automl-{request.target}",
                params=_params(request, version.dataset_name, version.number),
                tags={"maestro.kind": SEARCH},
            ),
        )
        payload = SearchPayload(
            request=request,
            dataset_name=version.dataset_name,
            version=version.number,
            model_name=name,
            run_id=run.id,
            start=draw or await self._history.draw(unit, wanted=request.warm_start),
        )
        job = await self._jobs.submit(
            unit,
            SEARCH,
            payload,
            retry=Retry(max_attempts=2),
            max_seconds=int(request.time_budget * 1.05) + _MARGIN_SECONDS,
        )
        await self._tracking.set_tags(unit, run.id, {"maestro.job_id": str(job.id)})
        return AutoMLSubmitted(job_id=job.id, status=job.state)

    async def resubmit(self, unit: UnitOfWork, payload: dict[str, Any]) -> UUID:
        """Queue the search of an earlier job's payload again, on the same version of its table."""
        earlier = SearchPayload.model_validate(payload)
        request = earlier.request.model_copy(update={"version": earlier.version})
        # Whoever could draw again by trying again would choose the arm.
        return (await self.submit(unit, request, draw=earlier.start)).job_id

    async def get(self, unit: UnitOfWork, job_id: UUID) -> AutoMLProgress:
        """How far a search is. Raises SearchNotFound."""
        return _to_progress(await self._find(unit, job_id))

    async def results(self, unit: UnitOfWork, job_id: UUID) -> AutoMLResults:
        """What a search found. Raises SearchNotFound, ResultsNotReady."""
        job = await self._find(unit, job_id)
        if job.result is None:
            raise ResultsNotReady(_why_not(job))
        return AutoMLResults.model_validate({**job.result, "job_id": job.id, "status": job.state})

    async def cancel(self, unit: UnitOfWork, job_id: UUID) -> AutoMLProgress:
        """End a search; one that runs keeps the best it has. Raises SearchNotFound, JobFinished."""
        job = await self._find(unit, job_id)
        cancelled = await self._jobs.cancel(unit, job_id)
        if job.state is JobState.QUEUED and cancelled.state is JobState.CANCELLED:
            run_id = RunId(SearchPayload.model_validate(job.payload).run_id)
            await self._tracking.finish_run(unit, run_id, RunStatus.KILLED)
        return _to_progress(cancelled)

    async def deploy(
        self, unit: UnitOfWork, job_id: UUID, body: DeployRequest, authorization: str
    ) -> Deployment:
        """Serve the winner of a search. Raises SearchNotFound, ResultsNotReady."""
        best = (await self.results(unit, job_id)).best_model
        return await self._deployer.deploy(
            unit,
            name=body.name or deployment_name(best.name),
            model=best.name,
            version=best.version,
            authorization=authorization,
        )

    async def _find(self, unit: UnitOfWork, job_id: UUID) -> Job:
        try:
            job = await self._jobs.get(unit, job_id)
        except JobNotFound:
            job = None
        if job is None or job.kind != SEARCH:
            raise SearchNotFound(f"There is no search {job_id}. `maestro automl list` shows yours.")
        return job

    async def list(
        self, unit: UnitOfWork, *, limit: int, cursor: str | None, state: JobState | None
    ) -> Page[AutoMLProgress]:
        """A page of searches, newest first."""
        page = await self._jobs.list(unit, limit=limit, cursor=cursor, kind=SEARCH, state=state)
        return Page(items=[_to_progress(job) for job in page.items], next_cursor=page.next_cursor)


def _params(request: AutoMLRequest, dataset: str, version: int) -> dict[str, str]:
    asked = request.model_dump(mode="json", exclude_none=True, exclude={"dataset_id", "version"})
    return {"dataset": f"{dataset}@{version}"} | {key: str(value) for key, value in asked.items()}


def _to_progress(job: Job) -> AutoMLProgress:
    data = job.progress.data
    best, start = data.get("current_best"), data.get("start")
    payload = SearchPayload.model_validate(job.payload)
    return AutoMLProgress(
        job_id=job.id,
        dataset=f"{payload.dataset_name}@{payload.version}",
        status=job.state,
        progress=1.0 if job.state is JobState.SUCCEEDED else job.progress.fraction or 0.0,
        message=job.progress.message,
        current_best=None if best is None else CurrentBest.model_validate(best),
        finished=data.get("finished", 0),
        candidates=data.get("candidates", 0),
        leaderboard=[CurrentBest.model_validate(each) for each in data.get("leaderboard", [])],
        metric=data.get("metric"),
        history=[ScorePoint.model_validate(each) for each in data.get("history", [])],
        skipped=[SkippedCandidate.model_validate(each) for each in data.get("skipped", [])],
        start=None if start is None else StartOrigin.model_validate(start),
        warnings=data.get("warnings", []),
        request=payload.request,
        error=job.error,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _why_not(job: Job) -> str:
    if job.state.final:
        reason = job.error.message if job.error else "It was ended before a model was finished."
        return f"The search ended as {job.state.value} without results: {reason}"
    return (
        f"The search is {job.state.value}. Wait for it with `maestro jobs wait {job.id}`, or ask "
        "GET /api/v1/automl/jobs/{id} for its progress."
    )
