"""A folder of runs as MLflow's own client writes it."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.support.models import write_model

WALL = 1_700_000_000_123


def open_mlflow(uri: str) -> Any:
    """MLflow's client of the store at `uri`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient  # noqa: PLC0415 - it warns of its own future

        return MlflowClient(uri, uri)


def fill(client: Any, folder: Path) -> None:
    """Two experiments, one of them deleted, with every kind of thing that a run can hold."""
    from mlflow.entities import (  # noqa: PLC0415 - as above
        Dataset,
        DatasetInput,
        InputTag,
        LoggedModelOutput,
        LoggedModelStatus,
        Metric,
        Param,
        RunTag,
    )

    first = client.create_experiment("churn", tags={"team": "blue"})
    parent = client.create_run(first, start_time=WALL, run_name="parent", tags={"a": "b"})
    points = [Metric("loss", 1 / (1 + step), WALL + step, step) for step in range(900)]
    odd = [Metric("odd", value, WALL, at) for at, value in enumerate([math.nan, math.inf, -1e300])]
    params = [Param("lr", "0.1"), Param("empty", "")]
    client.log_batch(parent.info.run_id, metrics=points, params=params)
    client.log_batch(parent.info.run_id, metrics=[*odd, *odd], tags=[RunTag("note", "line\nline")])
    for name in ("plot.svg", "nested/deep/table.csv"):
        file = folder / "files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"the file {name} of the parent")
    client.log_artifacts(parent.info.run_id, str(folder / "files"))
    dataset = Dataset("customers", "d1", "local", "{}", schema="[]", profile="{}")
    read = DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])
    client.log_inputs(parent.info.run_id, [read])
    model = client.create_logged_model(
        first, "forest", parent.info.run_id, {"team": "blue"}, {"trees": "9"}, "sklearn"
    )
    client.log_outputs(parent.info.run_id, [LoggedModelOutput(model.model_id, 3)])
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    forest = folder / "forest"
    write_model(forest)
    client.log_artifacts(parent.info.run_id, str(forest), "model")
    client.log_model_artifacts(model.model_id, str(forest))
    register(client, f"{parent.info.artifact_uri}/model", parent.info.run_id, model)
    client.set_terminated(parent.info.run_id, "FAILED", end_time=WALL + 5000)
    child_tags = {"mlflow.parentRunId": parent.info.run_id, "mlflow.user": "grace"}
    child = client.create_run(first, start_time=WALL + 1, tags=child_tags)
    client.log_metric(child.info.run_id, "acc", 0.5, timestamp=WALL, step=-3)
    gone = client.create_run(first, start_time=WALL + 2, run_name="gone")
    client.log_param(gone.info.run_id, "kept", "yes")
    client.log_artifact(gone.info.run_id, str(folder / "files" / "plot.svg"))
    client.delete_run(gone.info.run_id)
    second = client.create_experiment("old")
    client.create_run(second, start_time=WALL, run_name="in the trash")
    client.delete_experiment(second)


def register(client: Any, source: str, run_id: str, model: Any) -> None:
    """A model whose second version is gone, with all that a registry can say of the others."""
    client.create_registered_model("forest", {"team": "blue"}, "of trees")
    client.create_model_version("forest", source, run_id, {"first": "yes"}, description="one")
    client.create_model_version("forest", "s3://elsewhere/model")
    place = model.artifact_location
    client.create_model_version("forest", place, run_id, model_id=model.model_id)
    client.delete_model_version("forest", "2")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # stages are to go away in MLflow one day
        client.transition_model_version_stage("forest", "1", "Production")
    client.set_registered_model_alias("forest", "champion", "3")
    client.set_registered_model_alias("forest", "old", "1")
    client.create_registered_model("empty")


@pytest.fixture
def mlruns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    place = tmp_path / "mlruns"
    fill(open_mlflow(place.as_uri()), tmp_path)
    return place
