"""What a client asks before anything else: is this a tracking server, and what can it do?"""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from maestro_ml.server.kernel.http import PUBLIC, MaestroRouter, Tier

VERSION = "3.18.0"
"""The MLflow whose protocol is spoken here."""


def server_info_routes(*, multipart: bool, presigned: bool) -> MaestroRouter:
    """Probes; they need no credentials and reveal no data."""
    router = MaestroRouter(tag="mlflow")
    info = _info(multipart=multipart, presigned=presigned)

    @router.get("/health", permission=PUBLIC, tier=Tier.PROBE, include_in_schema=False)
    async def health() -> Response:
        """That the process answers; `/health/ready` tells more."""
        return PlainTextResponse("OK")

    @router.get("/version", permission=PUBLIC, tier=Tier.PROBE, include_in_schema=False)
    async def version() -> Response:
        """The version of MLflow's protocol."""
        return PlainTextResponse(VERSION)

    @router.get(
        "/api/3.0/mlflow/server-info", permission=PUBLIC, tier=Tier.PROBE, include_in_schema=False
    )
    @router.get(
        "/ajax-api/3.0/mlflow/server-info",
        permission=PUBLIC,
        tier=Tier.PROBE,
        include_in_schema=False,
    )
    async def server_info() -> Response:
        """What of MLflow is here."""
        return JSONResponse(info)

    return router


def _info(*, multipart: bool, presigned: bool) -> dict[str, Any]:
    return {
        "store_type": "SqlStore",
        "workspaces_enabled": False,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": multipart,
        "multipart_downloads_enabled": presigned,
        "artifact_serving_enabled": True,
        "presigned_upload_run_id_supported": False,
        "presigned_upload_model_id_supported": False,
        "model_artifact_presigned_downloads_supported": False,
        "artifacts_presigned_only": False,
        "features_enabled": {},
        "tracking_auth": "",
    }
