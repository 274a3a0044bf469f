"""The way from the API process to the gateway: kept-alive connections and as little HTTP as needed.

A general HTTP client costs more than the gateway's whole work on a small request; this one knows one
server, which answers every request with a Content-Length.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit
from uuid import UUID

import orjson

from maestro_ml.contracts.serving import DeploymentFigures, DeploymentLog
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.serving.errors import GatewayUnavailable, find_error
from maestro_ml.server.serving.service import Caller

PREDICT = "/api/v1/deployments/{name}/predict"

_CONNECT_SECONDS = 3.0
_WARM_SECONDS = 150.0
_FORGET_SECONDS = 2.0
_GRACE_SECONDS = 5.0
_MAX_IDLE = 64
_MAX_HEAD = 64 * 1024
_BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """What the gateway said."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


class GatewayClient:
    """Asks the gateway at `url`; None means that there is none.

    predict_seconds: how long the gateway may take for a prediction.
    """

    def __init__(self, url: str | None, *, predict_seconds: float) -> None:
        parts = urlsplit(url or "")
        self._address = (parts.hostname, parts.port or 80) if url else None
        self._seconds = predict_seconds + _GRACE_SECONDS
        self._idle: list[Streams] = []

    async def predict(self, caller: Caller, deployment: str, body: bytes) -> GatewayAnswer:
        """The gateway's answer, good or bad. Raises GatewayUnavailable."""
        path = PREDICT.replace("{name}", quote(deployment, safe=""))
        return await self._post(caller, path, body, self._seconds)

    async def warm(self, caller: Caller, version_id: UUID, idle_seconds: float | None) -> None:
        """Load a version. Raises GatewayUnavailable, ModelUnloadable, OutOfMemory."""
        body = orjson.dumps({"version_id": str(version_id), "idle_seconds": idle_seconds})
        _raise_problem(await self._post(caller, "/gateway/warm", body, _WARM_SECONDS))

    async def forget(self, caller: Caller, deployment: str) -> None:
        """Look at a deployment again. Raises GatewayUnavailable."""
        body = orjson.dumps({"deployment": deployment})
        _raise_problem(await self._post(caller, "/gateway/forget", body, _FORGET_SECONDS))

    async def figures(self, caller: Caller, deployment: str) -> DeploymentFigures:
        """What the gateway has counted of a deployment. Raises GatewayUnavailable."""
        body = orjson.dumps({"deployment": deployment})
        answer = await self._post(caller, "/gateway/figures", body, _FORGET_SECONDS)
        _raise_problem(answer)
        return DeploymentFigures.model_validate_json(answer.body)

    async def logs(self, caller: Caller, version_id: UUID, after: int) -> DeploymentLog:
        """What the process of a version printed. Raises GatewayUnavailable."""
        body = orjson.dumps({"version_id": str(version_id), "after": after})
        answer = await self._post(caller, "/gateway/logs", body, _FORGET_SECONDS)
        _raise_problem(answer)
        return DeploymentLog.model_validate_json(answer.body)

    async def close(self) -> None:
        """Give the connections back."""
        while self._idle:
            _, writer = self._idle.pop()
            writer.close()

    async def _post(self, caller: Caller, path: str, body: bytes, seconds: float) -> GatewayAnswer:
        head = (
            f"POST {path} HTTP/1.1\r\nhost: gateway\r\nauthorization: {caller.authorization}\r\n"
            f"x-request-id: {caller.request_id}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        message = head.encode("latin-1") + body
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(message)
        except TimeoutError as error:
            raise GatewayUnavailable(
                f"The gateway did not answer within {seconds:.0f} s. Try again, or look at its log."
            ) from error
        except _BROKEN as error:
            raise GatewayUnavailable(_AWAY) from error

    async def _exchange(self, message: bytes) -> GatewayAnswer:
        while self._idle:
            # The gateway may have closed it while it was idle: then it has not seen the request.
            streams = self._idle.pop()
            try:
                return await self._talk(streams, message)
            except _BROKEN:
                streams[1].close()
        return await self._talk(await self._connect(), message)

    async def _talk(self, streams: Streams, message: bytes) -> GatewayAnswer:
        reader, writer = streams
        try:
            writer.write(message)
            answer = await _read_answer(reader)
        except BaseException:
            writer.close()
            raise
        if answer.headers.get(b"connection") == b"close" or len(self._idle) >= _MAX_IDLE:
            writer.close()
        else:
            self._idle.append(streams)
        return answer

    async def _connect(self) -> Streams:
        if self._address is None:
            raise GatewayUnavailable(
                "This server knows no gateway. Start `maestro gateway` and set MAESTRO_SERVING_URL, "
                "or use `maestro up`, which does both."
            )
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await asyncio.open_connection(*self._address, limit=_MAX_HEAD)


_AWAY = (
    "The gateway, which holds the models, does not answer. If you run `maestro up`, it is being "
    "restarted: try again in a few seconds. Else start `maestro gateway`."
)


async def _read_answer(reader: asyncio.StreamReader) -> GatewayAnswer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers[b"content-length"]))
    return GatewayAnswer(int(first[9:12]), headers, body)


def find_problem(answer: GatewayAnswer) -> MaestroError | None:
    """The gateway's error as our own, if it is about the deployment or its model."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return None
    problem = orjson.loads(answer.body)
    kind = find_error(problem["code"])
    if kind is None:
        return None
    error = kind(problem["detail"])
    if b"retry-after" in answer.headers:
        error.headers["Retry-After"] = answer.headers[b"retry-after"].decode()
    return error


def _raise_problem(answer: GatewayAnswer) -> None:
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise find_problem(answer) or GatewayUnavailable(
            f"The gateway refused: {orjson.loads(answer.body)['detail']}"
        )
