"""What a client asks before anything else: is this a tracking server, and what can it do?"""

from __future__ import annotations

import orjson

from maestro_ml.server.kernel.http import PUBLIC, HotRequest, HotResponse, HotRoute, Tier

VERSION = "3.18.0"
"""The MLflow whose protocol is spoken here."""

_TEXT = b"text/plain; charset=utf-8"


def server_info_routes(*, multipart: bool, presigned: bool) -> list[HotRoute]:
    """Probes; they need no credentials and reveal no data."""
    probes = _Probes(multipart=multipart, presigned=presigned)
    return [
        HotRoute(method, path, handler, PUBLIC, Tier.PROBE)
        for method in ("GET", "HEAD")
        for path, handler in (
            ("/health", probes.health),
            ("/version", probes.version),
            ("/api/3.0/mlflow/server-info", probes.server_info),
            ("/ajax-api/3.0/mlflow/server-info", probes.server_info),
        )
    ]


class _Probes:
    def __init__(self, *, multipart: bool, presigned: bool) -> None:
        self._info = orjson.dumps(
            {
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
        )

    async def health(self, _request: HotRequest) -> HotResponse:
        """That the process answers; `/health/ready` tells more."""
        return HotResponse(b"OK", media_type=_TEXT)

    async def version(self, _request: HotRequest) -> HotResponse:
        """The version of MLflow's protocol."""
        return HotResponse(VERSION.encode(), media_type=_TEXT)

    async def server_info(self, _request: HotRequest) -> HotResponse:
        """What of MLflow is here."""
        return HotResponse(self._info)
