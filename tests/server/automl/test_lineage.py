"""What came of a data set, told from what searches, runs and versions recorded."""

from __future__ import annotations

from pathlib import Path

import httpx
from tests.support.models import write_model, zipped
from tests.support.tenant import TenantFactory

TABLE = b"age,sex,survived\n" + b"".join(f"{n},{'fm'[n % 2]},{n % 2}\n".encode() for n in range(40))


async def upload(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/api/v1/datasets/upload", params={"name": name}, content=TABLE)
    assert answer.status_code == 201


async def test_searches_runs_and_models_are_found_and_those_of_others_not(
    tenants: TenantFactory, tmp_path: Path
) -> None:
    client = await (await tenants.create()).client()
    for name in ("people", "people_2"):
        await upload(client, name)
    asked = {"dataset_id": "people", "target": "survived", "time_budget": 5}
    job = (await client.post("/api/v1/automl/jobs", json=asked)).json()
    await client.post("/api/v1/automl/jobs", json={**asked, "dataset_id": "people_2"})
    run = (await client.post("/api/v1/runs", json={"experiment_id": 0, "name": "by hand"})).json()
    read = {"name": "people", "digest": "d1", "source_type": "local", "source": "{}"}
    logged = await client.post(
        "/api/2.0/mlflow/runs/log-inputs",
        json={"run_id": run["id"].replace("-", ""), "datasets": [{"dataset": read}]},
    )
    assert logged.status_code == 200, logged.text
    await client.post(
        "/api/v1/models/survivors/versions",
        params={"source_run_id": run["id"].replace("-", "")},
        content=zipped(write_model(tmp_path / "package")),
    )
    lineage = (await client.get("/api/v1/datasets/people/lineage")).json()
    assert [(s["job_id"], s["version"], s["target"]) for s in lineage["searches"]] == [
        (job["job_id"], 1, "survived")
    ]
    assert [(r["run_id"], r["name"], r["digest"]) for r in lineage["runs"]] == [
        (run["id"], "by hand", "d1")
    ]
    assert [(m["model"], m["version"], m["dataset_version"]) for m in lineage["models"]] == [
        ("survivors", 1, None)
    ]
    other = (await client.get("/api/v1/datasets/people_2/lineage")).json()
    assert (len(other["searches"]), other["runs"], other["models"]) == (1, [], [])
    missing = await client.get("/api/v1/datasets/nobody/lineage")
    assert missing.json()["code"] == "dataset.not_found"
