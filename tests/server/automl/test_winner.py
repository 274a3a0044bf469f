"""What a search registers: a model that can be asked, explained and traced back."""

from __future__ import annotations

import pytest
from tests.server.automl.conftest import Searching


async def test_the_winner_has_signature_example_report_explanation_and_lineage(
    searching: Searching,
) -> None:
    job_id = await searching.submit()
    results = await searching.run(job_id)
    best = results["best_model"]
    assert best["name"] == "people-survived"
    path = f"/api/v1/models/{best['name']}/versions/{best['version']}"
    version = await searching.get(path)
    assert [each["name"] for each in version["signature"]["inputs"]] == ["age", "sex", "fare"]
    assert version["signature"]["outputs"]
    assert len(version["input_example"]["data"]) == 3
    files = {each["path"] for each in version["files"]}
    assert {"MLmodel", "input_example.json", "requirements.txt"} <= files
    assert version["metrics"]["roc_auc"] > 0.5
    report = await searching.get(f"{path}/report")
    assert (report["target"], report["dataset"]) == ("survived", "people@1")
    assert sum(map(sum, report["classification"]["confusion"])) == 120

    assert version["source_run_id"] == results["run_id"].replace("-", "")
    run = await searching.get(f"/api/v1/runs/{results['run_id']}")
    assert run["tags"]["maestro.job_id"] == str(job_id)
    lineage = await searching.get("/api/v1/datasets/people/lineage")
    assert [each["job_id"] for each in lineage["searches"]] == [str(job_id)]
    assert [(m["model"], m["version"], m["dataset_version"]) for m in lineage["models"]] == [
        (best["name"], best["version"], 1)
    ]

    explanations = await searching.get("/api/v1/jobs", kind="explain.compute")
    assert [job["state"] for job in explanations["items"]] == ["queued"]
    weights = [row["weight"] for row in results["leaderboard"] if row["family"] != "ensemble"]
    assert sum(weights) == pytest.approx(1)
