"""Explanations: why a model says what it says."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import RootModel

from maestro_ml.contracts.base import Request
from maestro_ml.contracts.explain import (
    Explanation,
    ExplanationKind,
    ExplanationPending,
    ExplanationType,
    GlobalRequest,
    LimeRequest,
    ShapRequest,
)
from maestro_ml.sdk.errors import Timeout
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

_WAIT_SECONDS = 20.0
"""How long one request stays open; within the time-out of a read."""


class _Answer(RootModel[Explanation | ExplanationPending]):
    """An explanation, or the promise of one."""


class Explain:
    """`client.explain`. Every call waits until the explanation is there, for `timeout` seconds at most.

    `model` is a name (its latest version), `name/3`, `name@alias` or an id; `dataset` names the rows to
    compare with, by default those that the model was trained on. What was asked before is answered at
    once. All raise NotFound, InvalidRequest (an unknown column, too many rows), Conflict when it could
    not be made, and Timeout.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def shap(
        self,
        model: str,
        rows: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        dataset: str | None = None,
        seed: int = 0,
        timeout: float = 300,
    ) -> Explanation:
        """What each column adds to the prediction of each of at most 100 rows.

        >>> found = client.explain.shap("titanic-survived", {"sex": "female"})  # doctest: +SKIP
        >>> found.shap_values[0]["sex"]                                         # doctest: +SKIP
        0.31
        """
        asked = ShapRequest.model_validate(
            {
                "model_id": model,
                "instance_data": dict(rows)
                if isinstance(rows, Mapping)
                else [dict(row) for row in rows],
                "explanation_type": ExplanationType.LOCAL,
                "dataset": dataset,
                "seed": seed,
            }
        )
        return self._ask("POST", api("explain", "shap"), timeout, body=asked)

    def lime(
        self,
        model: str,
        row: Mapping[str, Any],
        *,
        dataset: str | None = None,
        seed: int = 0,
        timeout: float = 300,
    ) -> Explanation:
        """A linear model around one row, with how well it fits (`rows[0].outputs[…].fit`)."""
        asked = LimeRequest(model_id=model, instance_data=dict(row), dataset=dataset, seed=seed)
        return self._ask("POST", api("explain", "lime"), timeout, body=asked)

    def model(
        self,
        model: str,
        *,
        version: int | str | None = None,
        dataset: str | None = None,
        target: str | None = None,
        seed: int = 0,
        timeout: float = 600,
    ) -> Explanation:
        """Importances, summary, dependence and slices, in `model_view`.

        target: the column with the truth, where the model does not say it.
        """
        asked = GlobalRequest(dataset=dataset, target=target, seed=seed)
        name, number = _split(model, version)
        path = api("explain", "global", name)
        return self._ask("POST", path, timeout, body=asked, version=number)

    def row(
        self,
        model: str,
        row: int,
        *,
        method: ExplanationKind | str = ExplanationKind.SHAP,
        version: int | str | None = None,
        dataset: str | None = None,
        timeout: float = 300,
    ) -> Explanation:
        """Row number `row` of the data set, counted from 0, by `shap` or `lime`."""
        name, number = _split(model, version)
        return self._ask(
            "GET",
            api("explain", "local", name, row),
            timeout,
            version=number,
            dataset=dataset,
            method=ExplanationKind(method),
        )

    def get(self, id: UUID | str, *, timeout: float = 300) -> Explanation:
        """An explanation that was asked for before."""
        return self._ask("GET", api("explain", "reports", id), timeout)

    def save_plot(self, explanation: Explanation, name: str, target: str | Path) -> Path:
        """Save one of `explanation.plot_urls` (waterfall, force, summary, dependence-1 …) as SVG."""
        return self._transport.download(explanation.plot_urls[name], Path(target))

    def save_data(self, explanation: Explanation, target: str | Path) -> Path:
        """Save all effects as Parquet."""
        return self._transport.download(explanation.data_url, Path(target))

    def _ask(
        self,
        verb: str,
        path: str,
        timeout: float,
        *,
        body: Request | None = None,
        **params: object,
    ) -> Explanation:
        deadline = time.monotonic() + timeout
        found = self._send(verb, path, deadline, body, params)
        while isinstance(found, ExplanationPending):
            if time.monotonic() >= deadline:
                raise Timeout(
                    f"The explanation is not made after {timeout:g} s (job {found.job_id}).",
                    "It goes on: ask again, or look at the job.",
                )
            found = self._send("GET", found.location, deadline, None, {})
        return found

    def _send(
        self,
        method: str,
        path: str,
        deadline: float,
        body: Request | None,
        params: Mapping[str, object],
    ) -> Explanation | ExplanationPending:
        wait = min(_WAIT_SECONDS, max(0.0, deadline - time.monotonic()))
        return self._transport.request(
            method,
            path,
            _Answer,
            body=body,
            params={**params, "wait": round(wait, 1)},
            idempotent=False,
        ).root


def _split(model: str, version: int | str | None) -> tuple[str, int | str | None]:
    """`name/3` as a name and a version: a path knows no slash within a name."""
    name, _, number = model.partition("/")
    return name, version if version is not None else number or None
