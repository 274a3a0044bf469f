"""The edge: problem documents, request ids, idempotency, rate limits, and pages."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.errors import InvalidInput, RateLimited
from maestro_ml.server.kernel.http import MaestroRouter, Tier, WindowLimiter
from maestro_ml.server.kernel.http.router import read_body
from maestro_ml.server.kernel.paging import CursorInvalid, decode_cursor, encode_cursor
from maestro_ml.server.kernel.settings import LimitSettings


def service_account() -> dict[str, Any]:
    return {"email": f"{secrets.token_hex(6)}@example.com", "kind": "service"}


def test_a_route_without_a_permission_cannot_be_declared() -> None:
    router = MaestroRouter(tag="test")
    with pytest.raises(TypeError, match="permission"):
        router.get("/forgotten")
    with pytest.raises(ValueError, match="sudo"):
        router.get("/unknown", permission="sudo")
    router.get("/declared", permission=Permission.JOB_READ)


async def test_errors_are_problem_documents_with_the_requests_id(tenants: TenantFactory) -> None:
    answer = await tenants.open().get("/api/v1/users", headers={"X-Request-ID": "my-request-1"})
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == body["request_id"] == "my-request-1"
    assert (body["status"], body["code"]) == (401, "auth.required")
    assert "maestro login" in body["detail"]


async def test_a_forged_request_id_is_replaced(tenants: TenantFactory) -> None:
    answer = await tenants.open().get("/health/live", headers={"X-Request-ID": "x" * 500})
    assert len(answer.headers["x-request-id"]) == 36


async def test_credentials_are_asked_before_the_body_is_read(tenants: TenantFactory) -> None:
    answer = await tenants.open().post("/api/v1/users", content=b"{ not json")
    assert answer.status_code == 401


async def test_a_wrong_field_is_named(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    answer = await client.post("/api/v1/users", json=service_account() | {"rolle": "viewer"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["rolle"]


async def test_a_client_that_goes_away_is_told_so_and_is_no_fault_of_the_server() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "headers": []}, gone)
    with pytest.raises(InvalidInput, match="The connection broke"):
        await read_body(request)


async def test_a_body_beyond_the_limit_is_refused(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    body = b'{"email": "' + b"x" * (17 * 1024**2) + b'"}'
    answer = await client.post(
        "/api/v1/users", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


async def test_a_repeated_post_happens_once(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    body, key = service_account(), {"Idempotency-Key": secrets.token_hex(8)}
    answers = await asyncio.gather(
        *(client.post("/api/v1/users", json=body, headers=key) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotent-replay" in answer.headers for answer in answers) == 4


async def test_a_key_is_for_one_request(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    key = {"Idempotency-Key": secrets.token_hex(8)}
    await client.post("/api/v1/users", json=service_account(), headers=key)
    other = await client.post("/api/v1/users", json=service_account(), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "request.idempotency_key_reused")


async def test_a_failed_post_can_be_sent_again_with_its_key(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    key = {"Idempotency-Key": secrets.token_hex(8)}
    taken = service_account()
    first = await client.post("/api/v1/users", json=taken)
    refused = await client.post("/api/v1/users", json=taken, headers=key)
    assert refused.status_code == 409
    again = await client.post("/api/v1/users", json=taken, headers=key)
    assert (first.status_code, again.json()["code"]) == (201, "identity.email_taken")


def test_the_window_slides_for_each_caller() -> None:
    limiter = WindowLimiter(LimitSettings(login_per_minute=2))
    first = limiter.hit(Tier.LOGIN, "a")
    assert (first["x-ratelimit-limit"], first["x-ratelimit-remaining"]) == ("2", "1")
    limiter.hit(Tier.LOGIN, "a")
    with pytest.raises(RateLimited) as refused:
        limiter.hit(Tier.LOGIN, "a")
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
    assert limiter.hit(Tier.LOGIN, "b")["x-ratelimit-remaining"] == "1"
    assert limiter.hit(Tier.PROBE, "a") == {}


def test_what_came_in_the_window_before_counts_less_and_less() -> None:
    moment = 600.0
    limiter = WindowLimiter(LimitSettings(login_per_minute=10), clock=lambda: moment)
    for _ in range(10):
        limiter.hit(Tier.LOGIN, "a")
    moment = 659.0
    with pytest.raises(RateLimited):
        limiter.hit(Tier.LOGIN, "a")
    moment = 690.0  # half of the ten are older than a minute
    for _ in range(5):
        limiter.hit(Tier.LOGIN, "a")
    with pytest.raises(RateLimited):
        limiter.hit(Tier.LOGIN, "a")
    moment = 800.0  # a whole window was quiet
    assert limiter.hit(Tier.LOGIN, "a")["x-ratelimit-remaining"] == "9"


@pytest.mark.parametrize("cursor", ["", "%%%", "bm90IGpzb24", encode_cursor([1, 2])])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        decode_cursor(cursor, parts=1)


def test_a_cursor_keeps_its_key() -> None:
    assert decode_cursor(encode_cursor(["2026-01-01", 7]), parts=2) == ["2026-01-01", 7]
