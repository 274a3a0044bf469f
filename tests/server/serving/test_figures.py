"""What the gateway counts: through the API, per deployment, and never another tenant's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
from tests.support.gateway import ROW, Constant
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.engine.inference.model import Predictor
from maestro_ml.server.serving.figures import REMEMBERED, Figures

Register = Callable[[str, Path], Awaitable[ModelVersion]]
Pack = Callable[[Predictor], Path]
DEPLOYMENTS = "/api/v1/deployments"


async def test_answers_and_refusals_are_counted(
    client: httpx.AsyncClient, register: Register, pack: Pack
) -> None:
    await register("m", pack(Constant(1)))
    await client.post(DEPLOYMENTS, json={"name": "d", "model": "m"})
    fresh = (await client.get(f"{DEPLOYMENTS}/d/figures")).json()
    assert (fresh["requests"], fresh["milliseconds"], fresh["last_at"]) == (0, None, None)
    for _ in range(3):
        answer = await client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": [ROW]})
        assert answer.status_code == 200, answer.text
    await client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": [{"nonsense": 1}]})
    counted = (await client.get(f"{DEPLOYMENTS}/d/figures")).json()
    assert (counted["requests"], counted["errors"], counted["last_minute"]) == (4, 1, 4)
    latency = counted["milliseconds"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"]
    assert latency["rows"] == 4


async def test_a_deployment_that_is_not_there_has_no_figures(tenant: TenantHandle) -> None:
    client = await tenant.client()
    missing = await client.get(f"{DEPLOYMENTS}/nobody/figures")
    assert (missing.status_code, missing.json()["code"]) == (404, "serving.deployment_not_found")


def test_the_last_requests_tell_the_latency_and_all_are_counted() -> None:
    figures, ours, theirs = Figures(), UUID(int=1), UUID(int=2)
    for number in range(REMEMBERED + 100):
        figures.add(ours, "d", seconds=number / 1000, failed=False)
    found = figures.get(ours, "d")
    assert found.requests == REMEMBERED + 100
    assert found.milliseconds is not None
    assert found.milliseconds.rows == REMEMBERED
    assert found.milliseconds.p50 == 100 + REMEMBERED / 2
    assert figures.get(theirs, "d").requests == 0
