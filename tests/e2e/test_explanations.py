"""A search explains its winner; people read that in a terminal, and ask about rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.up import maestro, running_up

pytestmark = [pytest.mark.slow, pytest.mark.timing]

IRIS = Path(__file__).parents[2] / "examples" / "data" / "iris.csv"


def explain(home: Path, *arguments: str) -> Any:
    done = maestro(home, "explain", "iris-species", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_winner_of_a_search_is_explained_by_itself_and_rows_on_demand(home: Path) -> None:
    with running_up(home) as up, up.client() as client:
        searched = maestro(
            home, "automl", "train", str(IRIS), "--target", "species", "--budget", "8"
        )
        assert searched.returncode == 0, searched.stderr
        kinds = [job["kind"] for job in client.get("/api/v1/jobs").json()["items"]]
        assert kinds.count("explain.compute") == 1
        whole = explain(home, "--save", str(home.parent / "pictures"))
        assert whole["outputs"] == ["setosa", "versicolor", "virginica"]
        assert whole["model_view"]["importances"][0]["column"].startswith("petal")
        assert "<svg" in (home.parent / "pictures" / "summary.svg").read_text()
        row = explain(home, "--row", "0")["rows"][0]
        assert row["chosen"] == "setosa"
        for output in row["outputs"]:
            total = output["base"] + sum(each["effect"] for each in output["contributions"])
            assert total == pytest.approx(output["prediction"], abs=1e-6)
        instance = json.dumps(row["instance"])
        lime = explain(home, "--row", instance, "--method", "lime")["rows"][0]
        assert lime["chosen"] == "setosa"
        shown = maestro(home, "explain", "iris-species/1", "--row", "0")
        assert "setosa: " in shown.stdout
        assert "█" in shown.stdout
        refused = maestro(home, "explain", "iris-species", "--row", '{"leaf": 1}')
        assert refused.returncode != 0
        assert "explain.column_missing" in refused.stderr or "lacks" in refused.stderr
