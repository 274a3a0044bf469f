"""Typed answers, errors and retries, against a real socket."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from pydantic import SecretStr
from tests.sdk.loopback import Loopback, hang_up, problem, reply, say_nothing

from maestro_ml.contracts.health import About
from maestro_ml.contracts.identity import Login
from maestro_ml.sdk import errors
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api, to_query

ABOUT = {"name": "maestro-ml", "version": "0.1.0", "status": "ok"}


def get(transport: Transport) -> About:
    return transport.request("GET", "/", About)


def test_an_answer_becomes_its_contract(server: Loopback, transport: Transport) -> None:
    server.script(reply({**ABOUT, "added_by_a_newer_server": 1}))
    assert get(transport) == About(**ABOUT)
    assert server.seen[0].headers["Authorization"] == "Bearer mml_test"
    assert server.seen[0].headers["User-Agent"].startswith("maestro-ml/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidRequest),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.InvalidRequest),
        (418, errors.APIError),
        (422, errors.InvalidRequest),
        (500, errors.ServerError),
        (507, errors.ServerError),
    ],
)
def test_a_refusal_is_raised_once_with_all_it_says(
    server: Loopback, transport: Transport, status: int, kind: type[errors.APIError]
) -> None:
    server.script(problem(status, errors=[{"field": "name", "message": "too long"}]))
    with pytest.raises(errors.APIError) as raised:
        get(transport)
    error = raised.value
    assert type(error) is kind
    assert (error.code, error.status) == ("test.problem", status)
    assert error.request_id == "req-12345678"
    assert [each.field for each in error.errors] == ["name"]
    assert str(error).startswith("It failed. Do the other thing.")
    assert len(server.seen) == 1


def test_an_authentication_error_says_how_to_log_in(server: Loopback, transport: Transport) -> None:
    server.script(problem(401))
    with pytest.raises(errors.AuthenticationError, match=r"maestro login"):
        get(transport)


def test_a_server_error_names_the_request_to_look_for(
    server: Loopback, transport: Transport
) -> None:
    server.script(problem(500))
    with pytest.raises(errors.ServerError, match=r"req-12345678"):
        get(transport)


def test_something_that_is_no_maestro_server_is_named(
    server: Loopback, transport: Transport
) -> None:
    server.script(reply({"hello": "world"}, 404))
    with pytest.raises(errors.NotFound, match=r"MAESTRO_URL"):
        get(transport)
    server.script(reply({"hello": "world"}))
    with pytest.raises(errors.UnexpectedAnswer, match=r"MAESTRO_URL"):
        get(transport)
    server.script(reply(None, 308, {"Location": "https://elsewhere.example/"}))
    with pytest.raises(errors.APIError, match=r"https://elsewhere\.example/"):
        get(transport)


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_transient_status_is_tried_again(
    server: Loopback, transport: Transport, status: int
) -> None:
    server.script(problem(status), problem(status), reply(ABOUT))
    assert get(transport).status == "ok"
    assert len(server.seen) == 3


def test_it_gives_up_in_the_end(server: Loopback, transport: Transport) -> None:
    server.script(problem(503))
    with pytest.raises(errors.ServerError):
        get(transport)
    assert len(server.seen) == 3


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_wait_that_the_server_asks_for_is_kept(
    server: Loopback, transport: Transport, form: str
) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=2)
    asked = "1" if form == "seconds" else format_datetime(moment, usegmt=True)
    server.script(problem(429, headers={"Retry-After": asked}), reply(ABOUT))
    started = time.monotonic()
    get(transport)
    assert 0.9 <= time.monotonic() - started < 5


def test_a_wait_that_is_too_long_is_left_to_the_caller(
    server: Loopback, transport: Transport
) -> None:
    server.script(problem(429, headers={"Retry-After": "3600"}))
    with pytest.raises(errors.RateLimited) as raised:
        get(transport)
    assert raised.value.retry_after == 3600
    assert len(server.seen) == 1


def test_a_dropped_connection_is_tried_again_with_the_same_key(
    server: Loopback, transport: Transport
) -> None:
    server.script(hang_up, problem(503), reply(ABOUT))
    transport.request("POST", api("things"), About)
    keys = {seen.headers["Idempotency-Key"] for seen in server.seen}
    assert len(server.seen) == 3
    assert len(keys) == 1
    transport.request("POST", api("things"), About)
    assert server.seen[-1].headers["Idempotency-Key"] not in keys


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_what_cannot_be_repeated_is_not_sent_twice(
    server: Loopback, transport: Transport, method: str
) -> None:
    server.script(hang_up)
    with pytest.raises(errors.ConnectionFailed, match=r"broke"):
        transport.request(method, api("things"), idempotent=False)
    assert len(server.seen) == 1
    server.script(problem(502))
    with pytest.raises(errors.ServerError):
        transport.request(method, api("things"), idempotent=False)
    assert len(server.seen) == 2
    server.script(problem(503), reply(None, 204))
    transport.request(method, api("things"), idempotent=False)
    assert len(server.seen) == 4


def test_nobody_listening_is_told_with_the_address() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        transport = Transport(url, None, timeout=5, max_retries=1)
        with pytest.raises(errors.ConnectionFailed, match=url) as raised:
            get(transport)
        transport.close()
    assert "maestro up" in raised.value.hint


def test_silence_is_a_timeout_and_not_repeated(server: Loopback) -> None:
    transport = Transport(server.url, None, timeout=0.2, max_retries=2)
    server.script(say_nothing)
    with pytest.raises(errors.Timeout):
        get(transport)
    transport.close()
    assert len(server.seen) == 1


@pytest.mark.parametrize("url", ["localhost:5000", "ftp://host", "http://", "http://host:port", ""])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"MAESTRO_URL"):
        Transport(url, None, timeout=1, max_retries=0)


def test_secrets_reach_the_server_and_nothing_else(server: Loopback, transport: Transport) -> None:
    server.script(reply(None, 204))
    body = Login(email="ada@example.org", password=SecretStr("correct horse"))
    transport.request("POST", api("auth", "login"), body=body)
    assert server.seen[0].json["password"] == "correct horse"
    assert "correct horse" not in repr(body)


def test_a_name_in_a_path_stays_one_segment() -> None:
    assert api("models", "a/b c?d", "versions", 3) == "/api/v1/models/a%2Fb%20c%3Fd/versions/3"


def test_parameters_without_a_value_are_left_out() -> None:
    pairs = to_query({"cursor": None, "tag": ["a", "b"], "active": True, "limit": 5})
    assert pairs == httpx.QueryParams(
        [("tag", "a"), ("tag", "b"), ("active", "true"), ("limit", "5")]
    )


def test_a_server_below_a_path_is_reached(server: Loopback) -> None:
    transport = Transport(server.url + "/maestro", None, timeout=5, max_retries=0)
    server.script(reply(None, 204))
    transport.request("DELETE", api("things", 1))
    transport.close()
    assert server.seen[0].path == "/maestro/api/v1/things/1"
    assert "Authorization" not in server.seen[0].headers
