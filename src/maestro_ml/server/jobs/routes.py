"""`/api/v1/jobs`."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response, StreamingResponse

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.jobs import Job, JobLog, JobState
from maestro_ml.server.jobs.follow import LogFollower
from maestro_ml.server.jobs.retries import RetryService
from maestro_ml.server.jobs.service import JobService
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Tier, Unit

After = Annotated[int, Query(ge=0, description="`next` of the range before")]
Follow = Annotated[bool, Query(description="stream plain text until the job ends")]
IfNoneMatch = Annotated[str | None, Header()]


Mine = Annotated[bool, Query(description="only those that the caller submitted")]


def job_routes(jobs: JobService, follower: LogFollower, retries: RetryService) -> MaestroRouter:
    """Background work of the tenant."""
    router = MaestroRouter(prefix="/jobs", tag="jobs")

    @router.get("", permission=Permission.JOB_READ)
    async def list_jobs(
        unit: Unit,
        limit: Limit = 100,
        cursor: Cursor = None,
        kind: str | None = None,
        state: JobState | None = None,
        mine: Mine = False,
        retry_of: UUID | None = None,
    ) -> Page[Job]:
        """The jobs of the tenant, newest first."""
        return await jobs.list(
            unit, limit=limit, cursor=cursor, kind=kind, state=state, mine=mine, retry_of=retry_of
        )

    @router.get("/{job_id}", permission=Permission.JOB_READ, response_model=Job)
    async def get_job(unit: Unit, job_id: UUID, if_none_match: IfNoneMatch = None) -> Response:
        """A job; send the ETag as If-None-Match to be told 304 while nothing changed."""
        return _tagged(await jobs.get(unit, job_id), if_none_match)

    @router.get("/{job_id}/logs", permission=Permission.JOB_READ, response_model=JobLog)
    async def get_log(
        unit: Unit, job_id: UUID, after: After = 0, limit: Limit = 100, follow: Follow = False
    ) -> JobLog | StreamingResponse:
        """What the job printed: a range, or with `follow` a stream of text."""
        log = await jobs.log(unit, job_id, after=after, limit=limit)
        if not follow:
            return log
        text = follower.follow(unit.context, job_id, after=after)
        return StreamingResponse(text, media_type="text/plain; charset=utf-8")

    @router.post("/{job_id}/cancel", permission=Permission.JOB_CANCEL)
    async def cancel_job(unit: Unit, job_id: UUID) -> Job:
        """End a job; within 10 s if it runs. A second call answers the same job."""
        return await jobs.cancel(unit, job_id)

    # It may start a search, so it counts as one.
    @router.post(
        "/{job_id}/retry", permission=Permission.JOB_SUBMIT, tier=Tier.AUTOML, status_code=202
    )
    async def retry_job(unit: Unit, job_id: UUID) -> Job:
        """Submit anew what failed, was cancelled or lost; the answer is the new job."""
        return await retries.retry(unit, job_id)

    return router


def _tagged(job: Job, known: str | None) -> Response:
    body = job.model_dump_json().encode()
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    if known == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
