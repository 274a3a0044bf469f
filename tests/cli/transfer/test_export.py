"""A folder of plain files holds every value, and can be checked without Maestro."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from tests.cli.conftest import Maestro
from tests.support.models import write_model

from maestro_ml import MaestroClient
from maestro_ml.contracts.imports import LoggedModelImport, LoggedModelMetric, LoggedModelStatus

LOGGED = "m-0123456789abcdef0123456789abcdef"


@pytest.fixture
def client(admin: Maestro) -> Iterator[MaestroClient]:
    with MaestroClient(admin.env["MAESTRO_URL"], admin.env["MAESTRO_API_KEY"]) as opened:
        yield opened


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
def run_id(client: MaestroClient, tmp_path: Path) -> str:
    """A run with a history, odd values and a file; a run in the trash; a model."""
    plot = tmp_path / "plot.svg"
    plot.write_text("<svg/>")
    experiment = client.experiments.create("churn", tags={"team": "blue"})
    with experiment.start_run(
        "one", params={"lr": "0.1"}, tags={"note": 'a "quoted",\nline'}
    ) as run:
        for step in range(50):
            run.log_metrics({"loss": 1 / (1 + step)}, step=step, timestamp=step)
        run.log_metrics({"odd": math.nan}, step=1, timestamp=1)
        run.log_metrics({"odd": -math.inf}, step=2, timestamp=2)
        run.log_artifact(plot, "nested/first plot.svg")
    client.runs.delete(experiment.start_run("gone").id)
    moment = datetime(2026, 1, 31, tzinfo=UTC)
    logged = LoggedModelImport(
        id=LOGGED,
        experiment_id=experiment.id,
        name="logged",
        status=LoggedModelStatus.READY,
        source_run_id=run.id.hex,
        params={"depth": "6"},
        metrics=[LoggedModelMetric(key="auc", value=0.9, timestamp=7, run_id=run.id)],
        created_at=moment,
        updated_at=moment,
    )
    found = client.imports.logged_model(logged)
    client.imports.file(found.artifact_location, "data/model.svg", plot)
    client.models.register("forest", write_model(tmp_path / "model")).set_alias("best")
    return run.id.hex


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_value_is_in_the_folder(
    admin: Maestro, run_id: str, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "export"
    done = admin("export", str(folder), "--metrics", kind, "--json")
    assert done.code == 0, done.err
    assert done.json["agrees"]
    experiments = lines(folder / "experiments.jsonl")
    assert {each["name"]: each["tags"] for each in experiments} == {
        "churn": {"team": "blue"},
        "Default": {},
    }
    runs = {each["name"]: each for each in lines(folder / "runs.jsonl")}
    assert runs["gone"]["lifecycle"] == "deleted"
    assert runs["one"]["params"] == {"lr": "0.1"}
    assert runs["one"]["tags"] == {"note": 'a "quoted",\nline'}
    if kind == "csv":
        with (folder / "metrics.csv").open(newline="") as file:
            points = [
                (row["metric"], int(row["step"]), int(row["timestamp"]), float(row["value"]))
                for row in csv.DictReader(file)
            ]
    else:
        table = pyarrow.parquet.read_table(folder / "metrics.parquet").to_pylist()
        assert {row["run_id"] for row in table} == {run_id}
        points = [(row["metric"], row["step"], row["timestamp"], row["value"]) for row in table]
    loss = [("loss", step, step, 1 / (1 + step)) for step in range(50)]
    assert points[:-2] == loss
    assert points[-1] == ("odd", 2, 2, -math.inf)
    assert math.isnan(points[-2][3])
    assert (folder / "artifacts" / run_id / "nested" / "first plot.svg").read_text() == "<svg/>"
    [logged] = lines(folder / "logged_models.jsonl")
    assert (logged["name"], logged["params"], logged["metrics"][0]["value"]) == (
        "logged",
        {"depth": "6"},
        0.9,
    )
    assert (folder / "logged_models" / LOGGED / "data" / "model.svg").read_text() == "<svg/>"
    assert done.json["source"]["logged_models"] == done.json["target"]["logged_models"] == 1
    [model] = lines(folder / "models.jsonl")
    assert model["aliases"] == {"best": 1}
    assert (folder / "models" / "forest" / "1" / "MLmodel").is_file()


def test_the_folder_proves_itself(admin: Maestro, run_id: str, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    admin("export", str(folder))
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=False
    )
    assert checked.returncode == 0
    manifest = json.loads((folder / "manifest.json").read_text())
    sums = (folder / "SHA256SUMS").read_bytes()
    assert manifest["sha256sums"] == hashlib.sha256(sums).hexdigest()
    assert (manifest["counts"]["runs"], manifest["counts"]["points"]) == (2, 52)
    named = {line.split("  ", 1)[1] for line in sums.decode().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there - named == {"SHA256SUMS", "manifest.json"}


def test_one_experiment_is_exported_alone(admin: Maestro, run_id: str, tmp_path: Path) -> None:
    done = admin("export", str(tmp_path / "e"), "--experiments", "Default", "--json")
    assert (done.code, done.json["target"]["runs"], done.json["target"]["models"]) == (0, 0, 0)


def test_a_folder_with_something_in_it_is_left_alone(admin: Maestro, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = admin("export", str(tmp_path))
    assert done.code == 1
    assert "is not empty" in done.err
