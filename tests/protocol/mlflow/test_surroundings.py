"""What a client asks before anything else, what is not here, and what no request should look like."""

from __future__ import annotations

import orjson
import pytest
from tests.protocol.mlflow.conftest import Protocol
from tests.support.mlflow_wire import PREFIX
from tests.support.tenant import TenantFactory


@pytest.mark.parametrize(("path", "text"), [("/health", "OK"), ("/version", "3.18.0")])
async def test_probes_answer_in_plain_text(tenants: TenantFactory, path: str, text: str) -> None:
    answer = await tenants.open().get(path)
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/health", "/version", "/api/3.0/mlflow/server-info"])
async def test_probes_can_be_asked_for_their_head(tenants: TenantFactory, path: str) -> None:
    assert (await tenants.open().head(path)).status_code == 200


@pytest.mark.parametrize("root", ["api", "ajax-api"])
async def test_the_server_tells_what_it_can(tenants: TenantFactory, root: str) -> None:
    info = (await tenants.open().get(f"/{root}/3.0/mlflow/server-info")).json()
    assert info["workspaces_enabled"] is False
    assert info["artifact_serving_enabled"] is True
    assert info["multipart_uploads_enabled"] is False


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/api/3.0/mlflow/traces", "Traces"),
        ("POST", "/api/2.0/mlflow/traces/abc/tags", "Traces"),
        ("GET", "/ajax-api/3.0/mlflow/traces/search", "Traces"),
        ("GET", "/api/2.0/mlflow/webhooks", "Webhooks"),
        ("POST", "/api/3.0/mlflow/scorers/register", "Scorers"),
        ("GET", "/api/3.0/mlflow/workspaces", "Workspaces"),
        ("POST", "/api/3.0/mlflow/gateway/endpoints/create", "gateway"),
        ("POST", "/ajax-api/2.0/mlflow/runs/create-promptlab-run", "Prompts"),
        ("POST", "/ajax-api/3.0/mlflow/genai/evaluate/invoke", "generative"),
        ("POST", "/v1/traces", "Traces"),
        ("POST", "/graphql", "GraphQL"),
        ("GET", "/gateway/mlflow/v1/chat", "gateway"),
    ],
)
async def test_what_is_missing_is_named(
    mlflow: Protocol, method: str, path: str, told: str
) -> None:
    answer = await mlflow.client.request(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    assert told in answer.json()["message"]


async def test_an_unknown_path_and_a_wrong_verb(mlflow: Protocol) -> None:
    unknown = await mlflow.client.get(PREFIX + "runs/fly")
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
    wrong = await mlflow.client.get(PREFIX + "runs/create")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    for method in ("HEAD", "OPTIONS"):
        asked = await mlflow.client.request(method, PREFIX + "runs/create")
        assert (asked.status_code, asked.headers["allow"]) == (405, "POST")


async def test_the_ui_s_prefix_serves_the_same(mlflow: Protocol) -> None:
    run = await mlflow.run()
    answer = await mlflow.client.get(f"/ajax-api/2.0/mlflow/runs/get?run_id={run}")
    assert answer.json()["run"] == await mlflow.shown(run)


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b'{"experiment_id": "0"}', "text/plain", "INVALID_PARAMETER_VALUE"),
        (b'{"experiment_id": "0"}', "", "INVALID_PARAMETER_VALUE"),
        (b"{not json", "application/json", "INVALID_PARAMETER_VALUE"),
        (b"", "application/json", "INVALID_PARAMETER_VALUE"),
        (b"[1]", "application/json", "INVALID_PARAMETER_VALUE"),
    ],
)
async def test_a_body_that_is_no_request(
    mlflow: Protocol, content: bytes, media_type: str, code: str
) -> None:
    for path in ("runs/log-batch", "runs/log-metric", "experiments/create"):
        answer = await mlflow.client.post(
            PREFIX + path, content=content, headers={"content-type": media_type}
        )
        assert (answer.status_code, answer.json()["error_code"]) == (400, code), answer.text


async def test_a_body_may_be_encoded_twice_and_in_camel_case(mlflow: Protocol) -> None:
    run = await mlflow.run()
    body = orjson.dumps({"runId": run, "key": "a", "value": "1"})
    answer = await mlflow.client.post(
        PREFIX + "runs/log-parameter",
        content=orjson.dumps(body.decode()),
        headers={"content-type": "application/json; charset=utf-8"},
    )
    assert answer.status_code == 200, answer.text
    assert (await mlflow.shown(run))["data"]["params"] == [{"key": "a", "value": "1"}]
