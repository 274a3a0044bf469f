"""Everything in a folder of MLflow runs arrives as it was, once, however often the import is cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Maestro
from tests.cli.transfer.conftest import WALL, open_mlflow

from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import Lifecycle, Run, View

PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
COUNTS = {
    "experiments": 3,
    "experiment_tags": 1,
    "runs": 4,
    "deleted_runs": 2,
    "params": 3,
    "metrics": 3,
    "points": 904,
    "inputs": 1,
    "outputs": 1,
    "logged_models": 1,
    "artifacts": 9,
    "models": 2,
    "versions": 2,
    "aliases": 2,
}


@pytest.fixture
def client(admin: Maestro) -> Iterator[MaestroClient]:
    with MaestroClient(admin.env["MAESTRO_URL"], admin.env["MAESTRO_API_KEY"]) as opened:
        yield opened


def milliseconds(run: Run) -> tuple[int, int | None]:
    ended = None if run.ended_at is None else round(run.ended_at.timestamp() * 1000)
    return round(run.started_at.timestamp() * 1000), ended


def everything(source: Any) -> Iterator[tuple[Any, Any]]:
    """Each run with its experiment."""
    for experiment in source.search_experiments(view_type=3):
        for run in source.search_runs([experiment.experiment_id], run_view_type=3):
            yield experiment, run


def test_every_value_arrives(
    admin: Maestro, client: MaestroClient, mlruns: Path, tmp_path: Path
) -> None:
    done = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert done.code == 0, done.err
    assert done.json["agrees"]
    assert done.json["source"] == done.json["target"]
    assert done.json["source"].items() >= COUNTS.items()
    source = open_mlflow(mlruns.as_uri())
    for experiment, run in everything(source):
        here = client.runs.get(run.info.run_id)
        home = client.experiments.get(experiment.name).info
        assert here.info.experiment_id == home.id
        assert home.lifecycle.value == experiment.lifecycle_stage
        assert home.tags == experiment.tags
        if experiment.name != "Default":
            assert round(home.created_at.timestamp() * 1000) == experiment.creation_time
            assert round(home.updated_at.timestamp() * 1000) == experiment.last_update_time
        tags = dict(run.data.tags)
        assert here.name == tags.pop("mlflow.runName")
        assert (here.info.params, here.info.tags) == (run.data.params, tags)
        assert here.status.value == run.info.status.lower()
        assert here.info.lifecycle.value == run.info.lifecycle_stage
        assert here.info.user == run.info.user_id
        assert milliseconds(here.info) == (run.info.start_time, run.info.end_time)
        for key in run.data.metrics:
            there = {
                (each.step, each.timestamp, repr(each.value))
                for each in source.get_metric_history(run.info.run_id, key)
            }
            points = here.history(key)
            assert there == set(
                zip(points.steps, points.timestamps, map(repr, points.values), strict=True)
            )
        for file in here.artifacts():
            copy = here.download_artifact(file.path, tmp_path / "copy")
            original = source.download_artifacts(run.info.run_id, file.path, str(tmp_path))
            assert copy.read_bytes() == Path(original).read_bytes()


def test_models_keep_numbers_stages_aliases_and_files(
    admin: Maestro, client: MaestroClient, mlruns: Path, tmp_path: Path
) -> None:
    done = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert done.code == 0, done.json["failures"]
    source = open_mlflow(mlruns.as_uri())
    there, here = source.get_registered_model("forest"), client.models.get("forest")
    assert (here.info.description, here.info.tags) == ("of trees", {"team": "blue"})
    assert here.info.aliases == {"champion": 3, "old": 1}
    assert round(here.info.created_at.timestamp() * 1000) == there.creation_timestamp
    assert [version.version for version in here.versions()] == [3, 1]
    for number in (1, 3):
        old, new = source.get_model_version("forest", str(number)), here.version(number)
        assert round(new.info.created_at.timestamp() * 1000) == old.creation_timestamp
        assert (new.stage.value, new.info.tags) == (old.current_stage, old.tags)
        assert (new.info.description, new.info.source_run_id) == (old.description or "", old.run_id)
        folder = new.download(tmp_path / f"version-{number}")
        assert (folder / "MLmodel").read_bytes() == (tmp_path / "forest" / "MLmodel").read_bytes()
    assert here.version(3).info.logged_model_id
    registered = client.models.register("forest", tmp_path / "forest")
    assert registered.version == 4
    assert client.models.get("empty").info.latest_version is None


def test_a_version_number_that_is_taken_is_refused(
    admin: Maestro, client: MaestroClient, mlruns: Path, tmp_path: Path
) -> None:
    client.models.register("forest", tmp_path / "forest")
    done = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert (done.code, done.json["failed"]) == (1, 1)
    assert "version 1 of its own" in done.json["failures"][0]
    assert [version.version for version in client.models.get("forest").versions()] == [1]


def test_a_second_import_changes_nothing(
    admin: Maestro, client: MaestroClient, mlruns: Path
) -> None:
    def snapshot() -> list[dict[str, Any]]:
        experiments = client.experiments.list(view=View.ALL)
        runs = [run for each in experiments for run in client.runs.list(each.id, view=View.ALL)]
        return [run.model_dump(mode="json") for run in sorted(runs, key=lambda run: run.id)]

    first = admin("import", "mlflow", "--from", str(mlruns), "--json")
    before = snapshot()
    second = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert (first.code, second.code) == (0, 0)
    assert second.json == first.json
    assert snapshot() == before


def test_what_was_logged_meanwhile_comes_with_the_next_import(
    admin: Maestro, client: MaestroClient, mlruns: Path
) -> None:
    admin("import", "mlflow", "--from", str(mlruns))
    source = open_mlflow(mlruns.as_uri())
    run = next(run for _, run in everything(source) if run.data.metrics.keys() == {"acc"})
    source.log_metric(run.info.run_id, "acc", 0.75, timestamp=WALL + 9, step=4)
    source.set_terminated(run.info.run_id, end_time=WALL + 10)
    again = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert (again.code, again.json["agrees"]) == (0, True)
    here = client.runs.get(run.info.run_id)
    assert (here.history("acc").values, here.status.value) == ([0.5, 0.75], "finished")


def test_an_import_that_is_killed_goes_on(
    admin: Maestro, client: MaestroClient, mlruns: Path
) -> None:
    source = open_mlflow(mlruns.as_uri())
    many = source.create_experiment("many")
    for number in range(40):
        run = source.create_run(many, start_time=WALL + number)
        source.log_metric(run.info.run_id, "loss", number, timestamp=WALL, step=0)
    command = [sys.executable, "-m", "maestro_ml.cli", "import", "mlflow", "--from", str(mlruns)]
    process = subprocess.Popen(
        command, env=admin.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not any(each.name == "churn" for each in client.experiments.list()):
        assert time.monotonic() < deadline
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    again = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert again.code == 0, again.err
    assert again.json["target"]["runs"] == 44
    assert again.json["target"] == again.json["source"]


def test_a_dry_run_counts_and_imports_nothing(
    admin: Maestro, client: MaestroClient, mlruns: Path
) -> None:
    done = admin("import", "mlflow", "--from", str(mlruns), "--dry-run", "--json")
    assert done.code == 0
    assert done.json["source"].items() >= COUNTS.items()
    assert [each.name for each in client.experiments.list(view=View.ALL)] == ["Default"]
    assert [*client.runs.list(0)] == []


def test_chosen_experiments_come_alone(admin: Maestro, client: MaestroClient, mlruns: Path) -> None:
    done = admin("import", "mlflow", "--from", str(mlruns), "--experiments", "old", "--json")
    assert (done.code, done.json["target"]["runs"]) == (0, 1)
    found = client.experiments.get("old").info
    assert found.lifecycle is Lifecycle.DELETED


def test_a_file_that_is_gone_is_told_of(
    admin: Maestro, client: MaestroClient, mlruns: Path
) -> None:
    [plot] = [path for path in mlruns.glob("*/*/artifacts/plot.svg") if "deep" not in str(path)][:1]
    plot.unlink()
    plot.symlink_to("/nowhere")
    done = admin("import", "mlflow", "--from", str(mlruns), "--json")
    assert done.code == 1
    assert done.json["failed"] == 1
    assert done.json["target"]["points"] == COUNTS["points"]


@pytest.mark.parametrize("name", ["nothing", "missing.db"])
def test_what_is_no_store_is_refused(admin: Maestro, tmp_path: Path, name: str) -> None:
    address = f"sqlite:///{tmp_path}/{name}" if name.endswith(".db") else str(tmp_path)
    done = admin("import", "mlflow", "--from", address)
    assert done.code == 1
    assert "→" in done.err
    assert [*tmp_path.glob("**/meta.yaml")] == []


def test_a_database_is_read_as_well(admin: Maestro, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    program = (
        "import sys; from pathlib import Path; from tests.cli.transfer.conftest import *; "
        "fill(open_mlflow(sys.argv[1]), Path(sys.argv[2]))"
    )
    subprocess.run(
        [sys.executable, "-c", program, uri, str(tmp_path)], cwd=tmp_path, check=True, env=PATHS
    )
    done = admin.process("import", "mlflow", "--from", uri, "--json")
    assert done.code == 0, done.err
    assert done.json["agrees"]
    assert done.json["source"].items() >= COUNTS.items()
