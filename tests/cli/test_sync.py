"""`maestro sync` against a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Maestro

import maestro_ml
from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus


@pytest.fixture
def runs(admin: Maestro, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the logs, for a script that logs offline."""
    for name, value in admin.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAESTRO_HOME", str(admin.home))
    monkeypatch.setenv("MAESTRO_MODE", "offline")
    monkeypatch.setenv("MAESTRO_CAPTURE", "off")
    return admin.home / "runs"


def test_offline_runs_are_sent_once(
    admin: Maestro, runs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert admin("sync").out == ""
    with maestro_ml.run("offline", config={"lr": 1}) as outer:
        outer.log(loss=1.0)
        outer.log_text("hello", "notes/first.txt")
        with maestro_ml.run(name="inner") as inner:
            inner.log(loss=2.0)
    assert "maestro sync" in capfd.readouterr().err
    sent = admin("sync", "--json")
    assert [(each["name"], each["state"]) for each in sent.json] == [
        (outer.name, "sent"),
        ("inner", "sent"),
    ]
    assert [*runs.iterdir()] == []
    assert admin("sync", "--json").json == []
    with MaestroClient() as client:
        found = client.runs.get(outer.id)
        assert (found.status, found.info.params) == (RunStatus.FINISHED, {"lr": "1"})
        assert [child.name for child in found.children()] == ["inner"]
        assert [each.path for each in found.artifacts()] == ["notes/first.txt"]


def test_a_log_belongs_to_the_server_it_was_begun_for(admin: Maestro, runs: Path) -> None:
    with maestro_ml.run("elsewhere") as run:
        run.log(loss=1.0)
    header = runs / str(run.id) / "run.json"
    header.write_text(json.dumps({**json.loads(header.read_text()), "url": "http://other:1"}))
    left = admin("sync", "--json")
    assert (left.code, left.json[0]["state"]) == (0, "elsewhere")
    assert "http://other:1" in left.json[0]["detail"]
    assert admin("sync", str(header.parent), "--json").json[0]["state"] == "sent"
    assert not header.parent.exists()


def test_what_cannot_be_sent_says_why(admin: Maestro, runs: Path) -> None:
    running = maestro_ml.run("running")
    assert admin("sync", "--json").json[0]["state"] == "running"
    running.finish()
    (runs / "broken").mkdir()
    (runs / "broken" / "run.json").write_text("{}")
    mixed = admin("sync", "--json")
    assert [each["state"] for each in mixed.json] == ["sent", "failed"]
    assert mixed.code == 1
    assert admin("sync", str(runs / "nothing")).code == 1
    with maestro_ml.run("down"):
        pass
    unreachable = admin("sync", MAESTRO_URL="http://127.0.0.1:1")
    assert unreachable.code == 8
    with MaestroClient() as client:
        client.experiments.create("trash")
        client.experiments.delete("trash")
    with maestro_ml.run("trash"):
        pass
    refused = admin("sync", "--json")
    assert {each["state"] for each in refused.json} == {"sent", "failed"}
    assert any("restore" in each["detail"] for each in refused.json)
