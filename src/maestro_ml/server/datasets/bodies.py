"""The bodies of uploads as they come in."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from maestro_ml.server.datasets.errors import UploadInterrupted


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The bytes of a request. Raises UploadInterrupted when the sender is gone before the last one."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise UploadInterrupted("The connection broke before the end. Upload it again.") from error
