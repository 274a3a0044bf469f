"""The login of a browser: what is in its cookie, and who may use that."""

from __future__ import annotations

import secrets

import httpx
import pytest
from tests.support.tenant import TenantFactory

SESSION = "/api/v1/auth/session"


@pytest.fixture
async def browser(tenants: TenantFactory) -> httpx.AsyncClient:
    """A browser that somebody has just logged in with; `me` is the access token it holds."""
    client = tenants.open()
    login = {"email": f"{secrets.token_hex(6)}@example.com", "password": "correct horse"}
    assert (await client.post("/api/v1/auth/register", json=login)).status_code == 201
    answer = await client.post(SESSION, json=login)
    assert answer.status_code == 200, answer.text
    assert "refresh_token" not in answer.json()
    client.headers["x-test-token"] = answer.json()["access_token"]
    return client


async def resume(client: httpx.AsyncClient, csrf: str | None = None) -> httpx.Response:
    token = csrf if csrf is not None else client.cookies["maestro_csrf_"]
    return await client.post(f"{SESSION}/resume", headers={"X-CSRF-Token": token})


async def me(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})


async def test_no_script_and_no_other_site_gets_the_cookie(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(SESSION, json={"email": "a@b", "password": "wrong one"})
    assert answer.status_code == 401
    assert not answer.headers.get_list("set-cookie")
    session = next(c for c in browser.cookies.jar if c.name == "maestro_session_")
    assert session.has_nonstandard_attr("HttpOnly")
    assert session.get_nonstandard_attr("SameSite") == "strict"
    assert not next(
        c for c in browser.cookies.jar if c.name == "maestro_csrf_"
    ).has_nonstandard_attr("HttpOnly")


async def test_a_reloaded_page_gets_a_new_access_token_as_often_as_it_asks(
    browser: httpx.AsyncClient,
) -> None:
    for _ in range(3):
        answer = await resume(browser)
        assert answer.status_code == 200, answer.text
        assert (await me(browser, answer.json()["access_token"])).status_code == 200


@pytest.mark.parametrize("csrf", ["", "guessed"])
async def test_another_site_cannot_use_the_cookie(browser: httpx.AsyncClient, csrf: str) -> None:
    answer = await resume(browser, csrf)
    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.csrf_token_wrong"


async def test_the_cookie_alone_opens_nothing_else(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/v1/auth/me")).status_code == 401


async def test_a_logout_ends_the_session_and_clears_the_cookies(browser: httpx.AsyncClient) -> None:
    token, csrf = browser.headers["x-test-token"], browser.cookies["maestro_csrf_"]
    kept = browser.cookies["maestro_session_"]
    ended = await browser.delete(SESSION, headers={"Authorization": f"Bearer {token}"})
    assert ended.status_code == 204
    assert not browser.cookies
    assert (await me(browser, token)).status_code == 401
    browser.cookies.update({"maestro_session_": kept, "maestro_csrf_": csrf})
    assert (await resume(browser, csrf)).json()["code"] == "auth.token_revoked"


async def test_a_browser_that_never_logged_in_is_told_so(tenants: TenantFactory) -> None:
    client = tenants.open()
    client.cookies.set("maestro_csrf_", "mine")
    assert (await resume(client, "mine")).json()["code"] == "auth.session_absent"
