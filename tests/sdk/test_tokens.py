"""A login renews itself, once, however many threads use it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from threading import Barrier

import pytest
from tests.sdk.loopback import Loopback, problem, reply

from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import AuthenticationError

ABOUT = {"name": "maestro-ml", "version": "0.1.0", "status": "ok"}


def tokens(number: int, *, expires_in: int = 900) -> dict[str, object]:
    return {
        "access_token": f"access-{number}",
        "refresh_token": f"refresh-{number}",
        "token_type": "Bearer",
        "expires_in": expires_in,
    }


def sent(server: Loopback) -> list[tuple[str, str | None]]:
    return [(seen.path, seen.headers.get("Authorization")) for seen in server.seen]


def test_after_a_login_its_token_is_presented(server: Loopback, client: MaestroClient) -> None:
    server.script(reply(tokens(1)), reply(ABOUT), reply(None, 204), reply(ABOUT))
    client.auth.login("ada@example.org", "secret", tenant="acme")
    client.health.about()
    client.auth.logout()
    client.health.about()
    assert server.seen[0].json == {
        "email": "ada@example.org",
        "password": "secret",
        "tenant": "acme",
    }
    assert sent(server)[1:] == [
        ("/", "Bearer access-1"),
        ("/api/v1/auth/logout", "Bearer access-1"),
        ("/", None),
    ]


def test_a_token_about_to_end_is_renewed_first(server: Loopback, client: MaestroClient) -> None:
    server.script(reply(tokens(1, expires_in=5)), reply(tokens(2)), reply(ABOUT))
    client.auth.login("ada@example.org", "secret")
    client.health.about()
    client.health.about()
    assert server.seen[1].json == {"refresh_token": "refresh-1"}
    assert sent(server)[1:] == [
        ("/api/v1/auth/refresh", None),
        ("/", "Bearer access-2"),
        ("/", "Bearer access-2"),
    ]


def test_many_threads_renew_once(server: Loopback, client: MaestroClient) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        refreshing = handler.path.endswith("/refresh")
        reply(tokens(2) if refreshing else ABOUT)(handler)

    server.script(reply(tokens(1, expires_in=5)), answer)
    client.auth.login("ada@example.org", "secret")
    together = Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return client.health.about().status

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(ask, range(8))] == ["ok"] * 8
    assert [path for path, _ in sent(server)].count("/api/v1/auth/refresh") == 1


def test_a_refused_renewal_ends_the_login(server: Loopback, client: MaestroClient) -> None:
    server.script(reply(tokens(1, expires_in=5)), problem(401), problem(401))
    client.auth.login("ada@example.org", "secret")
    with pytest.raises(AuthenticationError, match=r"maestro login"):
        client.auth.me()
    assert sent(server)[-1] == ("/api/v1/auth/me", None)


def test_a_refresh_by_hand_takes_over(server: Loopback, client: MaestroClient) -> None:
    server.script(reply(tokens(1)), reply(tokens(2)), reply(ABOUT))
    client.auth.login("ada@example.org", "secret")
    client.auth.refresh()
    client.health.about()
    assert server.seen[1].json == {"refresh_token": "refresh-1"}
    assert sent(server)[2] == ("/", "Bearer access-2")
