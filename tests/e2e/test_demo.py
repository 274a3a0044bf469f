"""The whole way as a newcomer goes it: the demo, then the same home served again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.up import maestro, running_up

PASSENGER = {
    "gender": "female",
    "age": 29.0,
    "class": "1st",
    "fare": 211.07,
    "sibsp": 0,
    "parch": 0,
}


@pytest.mark.slow
@pytest.mark.timing
def test_the_demo_leaves_a_home_that_serves_its_model_again(home: Path, tmp_path: Path) -> None:
    demo = maestro(home, "demo", "--budget", "10", timeout=240)
    log = home / "demo.log"
    assert demo.returncode == 0, demo.stderr + (log.read_text() if log.exists() else "")
    said = demo.stdout + demo.stderr
    for step in ("Uploaded titanic.csv: 2,207 rows", "Registered", "Deployed", "survived = "):
        assert step in said
    assert "Where to look next" in said

    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps([{**PASSENGER, "embarked": "Southampton"}]))
    with running_up(home):
        answer = maestro(home, "predict", "titanic-demo", "--data", str(rows), "--json")
        board = maestro(home, "automl", "list", "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["predictions"] == [1]
    assert [search["status"] for search in json.loads(board.stdout)] == ["succeeded"]
