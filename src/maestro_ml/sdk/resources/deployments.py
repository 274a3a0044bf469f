"""Deployments: serve a model version under a name, and ask it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from maestro_ml.contracts.serving import (
    Deployment,
    DeploymentCreate,
    DeploymentLog,
    DeploymentLogLine,
    DeploymentUpdate,
    Prediction,
    PredictionRequest,
)
from maestro_ml.sdk.errors import NotFound
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

_POLL_SECONDS = 1.0

Number = int | str
"""A version: 3, "3" or "v3"."""


@runtime_checkable
class Frame(Protocol):
    """What a pandas DataFrame can do; this package does not import pandas."""

    def to_dict(self, orient: Any) -> Any: ...


Row = Mapping[str, Any]
Rows = Row | Sequence[Row] | Frame


class Deployments:
    """`client.deployments`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        model: str,
        *,
        version: Number | None = None,
        alias: str | None = None,
        idle_seconds: float | None = None,
    ) -> Deployment:
        """Serve a version of `model` (the newest by default) as `name`; returns when it is loaded.

        Raises Conflict when the name is taken, InvalidRequest when the model cannot be loaded.
        """
        body = DeploymentCreate(
            name=name, model=model, version=version, alias=alias, idle_seconds=idle_seconds
        )
        path = api("deployments")
        return self._transport.request("POST", path, Deployment, body=body, idempotent=False)

    def update(
        self,
        name: str,
        *,
        model: str | None = None,
        version: Number | None = None,
        alias: str | None = None,
        idle_seconds: float | None = None,
    ) -> Deployment:
        """Switch to another version; no request fails meanwhile. Raises NotFound, InvalidRequest."""
        body = DeploymentUpdate(
            model=model, version=version, alias=alias, idle_seconds=idle_seconds
        )
        return self._transport.request("PATCH", api("deployments", name), Deployment, body=body)

    def deploy(
        self,
        name: str,
        model: str,
        *,
        version: Number | None = None,
        alias: str | None = None,
    ) -> Deployment:
        """Serve a version of `model` as `name`, whether the deployment exists already or not."""
        try:
            self.get(name)
        except NotFound:
            return self.create(name, model, version=version, alias=alias)
        return self.update(name, model=model, version=version, alias=alias)

    def get(self, name: str) -> Deployment:
        """The deployment `name`. Raises NotFound."""
        return self._transport.request("GET", api("deployments", name), Deployment)

    def predict(self, name: str, rows: Rows) -> Prediction:
        """Predict one row, several, or a data frame; None and NaN are missing values.

        Raises NotFound, InvalidRequest, which names the row and the column, or ServerError.

        >>> client.deployments.predict("churn", {"age": 42}).predictions   # doctest: +SKIP
        ['stays']
        """
        body = PredictionRequest(inputs=_records(rows))
        path = api("deployments", name, "predict")
        return self._transport.request("POST", path, Prediction, body=body, idempotent=False)

    def stop(self, name: str) -> Deployment:
        """Let it answer nothing until it is started again. Raises NotFound."""
        path = api("deployments", name, "stop")
        return self._transport.request("POST", path, Deployment, idempotent=False)

    def start(self, name: str) -> Deployment:
        """Let a stopped or failed one answer again; returns when its model is loaded.

        Raises NotFound, InvalidRequest when the model cannot be loaded.
        """
        path = api("deployments", name, "start")
        return self._transport.request("POST", path, Deployment, idempotent=False)

    def logs(self, name: str, *, follow: bool = False) -> Iterator[DeploymentLogLine]:
        """What the served model printed, and what befell its process, since the gateway started.

        With `follow` what comes later, too, without an end. Raises NotFound, ServerError.
        """
        path, after = api("deployments", name, "logs"), 0
        while True:
            page = self._transport.request("GET", path, DeploymentLog, params={"after": after})
            yield from page.lines
            after = page.next
            if not follow:
                return
            time.sleep(_POLL_SECONDS)

    def delete(self, name: str) -> None:
        """End a deployment; its model stays registered. Raises NotFound."""
        self._transport.request("DELETE", api("deployments", name))

    def list(self) -> Pages[Deployment]:
        """All deployments by name."""
        return Pages(self._transport, api("deployments"), Deployment)


def _records(rows: Rows) -> list[dict[str, Any]]:
    if isinstance(rows, Frame):
        records: list[dict[str, Any]] = rows.to_dict(orient="records")
        return records
    return [dict(row) for row in ([rows] if isinstance(rows, Mapping) else rows)]
