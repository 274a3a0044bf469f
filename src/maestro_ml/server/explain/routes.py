"""`/api/v1/explain`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from maestro_ml.contracts.explain import (
    ExplanationKind,
    GlobalRequest,
    LimeRequest,
    ShapRequest,
)
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.explain.errors import RowNotFound
from maestro_ml.server.explain.report_routes import PENDING, Wait, answer
from maestro_ml.server.explain.service import ExplainService
from maestro_ml.server.explain.waiting import Waiter
from maestro_ml.server.kernel.http import MaestroRouter, Unit

Dataset = Annotated[str | None, Query(description="`name@2`; by default that of the training")]


def explain_routes(explain: ExplainService, waiter: Waiter) -> MaestroRouter:
    """Why a model says what it says; `{model_id}` is a model's name or id, or a version's id."""
    router = MaestroRouter(prefix="/explain", tag="explain")

    @router.post("/shap", permission=Permission.MODEL_READ, **PENDING)
    async def explain_shap(unit: Unit, body: ShapRequest, wait: Wait = 20) -> Any:
        """Shapley values: what each column adds to the prediction of each row."""
        return await answer(waiter, unit, await explain.ask_shap(unit, body), wait)

    @router.post("/lime", permission=Permission.MODEL_READ, **PENDING)
    async def explain_lime(unit: Unit, body: LimeRequest, wait: Wait = 20) -> Any:
        """LIME: a linear model around one row, and how well it fits."""
        return await answer(waiter, unit, await explain.ask_lime(unit, body), wait)

    @router.get("/global/{model_id}", permission=Permission.MODEL_READ, **PENDING)
    async def get_global(
        unit: Unit,
        model_id: str,
        version: str | None = None,
        dataset: Dataset = None,
        wait: Wait = 0,
    ) -> Any:
        """Importances, summary, dependence and slices of a version, by default the latest."""
        found = await explain.resolve(unit, _reference(model_id, version))
        id = await explain.ask_global(unit, found, GlobalRequest(dataset=dataset))
        return await answer(waiter, unit, id, wait)

    @router.post("/global/{model_id}", permission=Permission.MODEL_READ, **PENDING)
    async def make_global(
        unit: Unit,
        model_id: str,
        body: GlobalRequest | None = None,
        version: str | None = None,
        wait: Wait = 0,
    ) -> Any:
        """The same, on other rows, or once more after it has failed."""
        found = await explain.resolve(unit, _reference(model_id, version))
        asked = body or GlobalRequest()
        return await answer(
            waiter, unit, await explain.ask_global(unit, found, asked, again=True), wait
        )

    @router.get("/local/{model_id}/{instance_id}", permission=Permission.MODEL_READ, **PENDING)
    async def get_local(
        unit: Unit,
        model_id: str,
        instance_id: str,
        version: str | None = None,
        method: ExplanationKind = ExplanationKind.SHAP,
        dataset: Dataset = None,
        wait: Wait = 20,
    ) -> Any:
        """A row of the data set by its number, counted from 0; or an explanation by its id."""
        found = await explain.resolve(unit, _reference(model_id, version))
        if instance_id.isdecimal():
            row = int(instance_id)
            id: UUID = await explain.ask_row(unit, found, row, kind=method, dataset=dataset)
        else:
            id = _explanation_id(instance_id)
        return await answer(waiter, unit, id, wait)

    return router


def _reference(model_id: str, version: str | None) -> str:
    return model_id if version is None else f"{model_id}/{version}"


def _explanation_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise RowNotFound(
            f"{text!r} names no row. Give the number of a row of the data set, counted from 0, or the "
            "id of an explanation."
        ) from None
