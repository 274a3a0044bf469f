"""Uploaded pages are shown to who has a ticket, and can do nothing where they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.server.kernel.clock import now

PAGE = b"<script>parent.alert(1)</script>"


@pytest.fixture
async def run(tenants: TenantFactory) -> tuple[TenantHandle, Any, str]:
    tenant = await tenants.create()
    client = await tenant.client()
    made = (await client.post("/api/v1/runs", json={"experiment_id": 0})).json()
    at = f"/api/v1/runs/{made['id']}"
    await client.put(f"{at}/artifacts/report/index.html", content=PAGE)
    await client.put(f"{at}/artifacts/report/a.svg", content=b"<svg/>")
    return tenant, client, at


async def test_a_page_is_shut_in_a_sandbox(run: tuple[TenantHandle, Any, str]) -> None:
    tenant, client, at = run
    ticket = (await client.post(f"{at}/previews")).json()["path"]
    anyone = tenant.factory.open()
    shown = await anyone.get(f"{ticket}report/index.html")
    assert shown.content == PAGE
    policy = shown.headers["content-security-policy"]
    assert policy.endswith("; sandbox")
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    lively = await anyone.get(f"{ticket}report/index.html?scripts=true")
    assert lively.headers["content-security-policy"].endswith("; sandbox allow-scripts")
    assert "allow-same-origin" not in lively.headers["content-security-policy"]
    drawing = await anyone.get(f"{ticket}report/a.svg")
    assert drawing.headers["content-type"] == "image/svg+xml"


async def test_a_ticket_is_for_one_run_and_cannot_be_made_up(
    run: tuple[TenantHandle, Any, str],
) -> None:
    tenant, client, at = run
    other = (await client.post("/api/v1/runs", json={"experiment_id": 0})).json()["id"]
    ticket = (await client.post(f"/api/v1/runs/{other}/previews")).json()["path"]
    assert (await client.get(f"{ticket}report/index.html")).status_code == 404
    stranger = await (await tenant.factory.create()).client()
    assert (await stranger.post(f"{at}/previews")).status_code == 404
    secret = tenant.platform.settings.auth.secret_key
    assert secret is not None
    claims = {"tid": str((await tenant.context()).tenant_id), "run": at.rpartition("/")[2]}
    for forged in (
        jwt.encode(
            {**claims, "iss": "maestro-preview", "exp": now() + timedelta(minutes=5)},
            "another secret that is long enough",
        ),
        jwt.encode(
            {**claims, "iss": "maestro", "exp": now() + timedelta(minutes=5)},
            secret.get_secret_value(),
        ),
        jwt.encode(
            {**claims, "iss": "maestro-preview", "exp": now() - timedelta(minutes=1)},
            secret.get_secret_value(),
        ),
        "nonsense",
    ):
        answer = await client.get(f"/api/v1/previews/{forged}/report/index.html")
        assert answer.json()["code"] == "tracking.preview_ticket_invalid"


async def test_a_run_tells_what_it_is_tied_to(run: tuple[TenantHandle, Any, str]) -> None:
    _, client, at = run
    run_id = at.rpartition("/")[2].replace("-", "")
    inputs = {
        "run_id": run_id,
        "datasets": [
            {
                "tags": [{"key": "mlflow.data.context", "value": "training"}],
                "dataset": {
                    "name": "titanic",
                    "digest": "abc",
                    "source_type": "http",
                    "source": "{}",
                },
            }
        ],
    }
    answer = await client.post("/api/2.0/mlflow/runs/log-inputs", json=inputs)
    assert answer.is_success, answer.text
    found = (await client.get(f"{at}/relations")).json()
    [dataset] = found["datasets"]
    assert (dataset["name"], dataset["context"]) == ("titanic", "training")
    assert found["models"] == []
    versions = await client.get("/api/v1/registered-versions", params={"run_id": run_id})
    assert versions.json()["items"] == []
