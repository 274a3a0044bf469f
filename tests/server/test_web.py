"""The web UI beside the API: who gets the page, how files are cached, what the page may do."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from maestro_ml.server.reference import reference_page, reference_policy
from maestro_ml.server.web import WebUI

BROWSER = {"Accept": "text/html,*/*;q=0.8"}


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the rest of the server: answers the path it was asked for."""
    await PlainTextResponse(f"api {scope['path']}")(scope, receive, send)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A built UI as Vite leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<!doctype html><head><base href="/" /></head>')
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "main-4f2a.js").write_text("run()")
    (tmp_path / "assets" / "main-4f2a.js.br").write_bytes(b"squeezed")
    return tmp_path


def browse(folder: Path, *, base_path: str = "") -> httpx.AsyncClient:
    app = WebUI(api, folder, base_path=base_path)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://maestro.test")


@pytest.mark.parametrize("path", ["/", "/experiments/3?view=all", "/runs/a/b", "/api-keys"])
async def test_every_address_of_the_application_gets_its_page(built: Path, path: str) -> None:
    answer = await browse(built).get(path, headers=BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<base href="/" />' in answer.text


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/ajax-api/2.0/mlflow/x", "/docs", "/health", "/metrics", "/version"],
)
async def test_the_api_keeps_its_paths(built: Path, path: str) -> None:
    assert (await browse(built).get(path, headers=BROWSER)).text == f"api {path}"


async def test_a_program_at_the_root_talks_to_the_api(built: Path) -> None:
    assert (await browse(built).get("/")).text == "api /"
    assert (await browse(built).post("/", headers=BROWSER)).text == "api /"


async def test_scripts_come_from_here_alone(built: Path) -> None:
    policy = (await browse(built).get("/", headers=BROWSER)).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_page_is_asked_for_each_time_and_sent_when_it_changed(built: Path) -> None:
    client = browse(built)
    first = await client.get("/", headers=BROWSER)
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get("/", headers={**BROWSER, "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


async def test_a_built_file_is_kept_for_ever_and_sent_compressed(built: Path) -> None:
    client = browse(built)
    async with client.stream(
        "GET", "/assets/main-4f2a.js", headers={"Accept-Encoding": "gzip, br;q=1.0"}
    ) as answer:
        assert b"".join([chunk async for chunk in answer.aiter_raw()]) == b"squeezed"
    assert answer.headers["content-encoding"] == "br"
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]
    plain = await client.get("/assets/main-4f2a.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == "run()"


@pytest.mark.parametrize("path", ["/assets/gone-1.js", "/assets/../../secrets", "/assets/%2e%2e/x"])
async def test_what_was_not_built_is_not_served(built: Path, path: str) -> None:
    assert (await browse(built).get(path)).text.startswith("api ")


async def test_a_proxy_can_show_everything_below_a_path(built: Path) -> None:
    client = browse(built, base_path="/maestro")
    page = await client.get("/maestro/experiments", headers=BROWSER)
    assert '<base href="/maestro/" />' in page.text
    assert (await client.get("/maestro/api/v1/runs")).text == "api /api/v1/runs"
    assert (await client.get("/api/v1/runs")).text == "api /api/v1/runs"
    assert (await client.get("/maestro")).headers["location"] == "/maestro/"


async def test_a_checkout_without_a_built_ui_says_so(tmp_path: Path) -> None:
    client = browse(tmp_path)
    answer = await client.get("/", headers=BROWSER)
    assert "make ui" in answer.text
    assert (await client.get("/experiments", headers=BROWSER)).text == "api /experiments"


@pytest.mark.parametrize("path", ["/health/live", "/api/v1/runs", "/docs", "/api/v1/nothing"])
async def test_no_answer_is_framed_guessed_at_or_read_by_other_sites(
    app: ASGIApp, path: str
) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://maestro.test") as client:
        answer = await client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_the_page_is_alone_in_its_browsing_context(built: Path) -> None:
    headers = (await browse(built).get("/", headers=BROWSER)).headers
    assert headers["cross-origin-opener-policy"] == "same-origin"


async def test_the_reference_allows_its_own_style_by_its_hash() -> None:
    style = re.search(
        r"<style>(.*?)</style>", reference_page({"info": {"version": "1"}, "paths": {}}), re.DOTALL
    )
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in reference_policy()
