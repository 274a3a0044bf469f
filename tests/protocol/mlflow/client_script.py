"""What a training script and a notebook do with MLflow's client; ends with an error if it went wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

NAME = "written by a script"
client: Any = MlflowClient()
fluent_api: Any = mlflow


def main() -> None:
    """Every step, in one experiment."""
    experiment = experiments()
    run_id, child_id = fluent(experiment)
    batch_id = batches(experiment)
    searches(experiment, [batch_id, run_id, child_id])
    changes(experiment, run_id)


def refused(code: str, call: Callable[..., Any], *arguments: Any) -> None:
    """`call` must fail with this `error_code`."""
    with pytest.raises(MlflowException) as failed:
        call(*arguments)
    assert failed.value.error_code == code, failed.value


def experiments() -> str:
    """Made by name, tagged, found; its id."""
    experiment: str = mlflow.set_experiment(NAME).experiment_id
    client.set_experiment_tag(experiment, "team", "a")
    assert client.get_experiment_by_name(NAME).tags == {"team": "a"}
    assert client.get_experiment_by_name("nope") is None
    found = mlflow.search_experiments(filter_string=f"name = '{NAME}'")
    assert [each.experiment_id for each in found] == [experiment]
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, NAME)
    return experiment


def fluent(experiment: str) -> tuple[str, str]:
    """A run with a child inside; the ids of both."""
    with mlflow.start_run(run_name="first", tags={"kind": "x"}, description="about") as parent:
        mlflow.log_params({"depth": 3, "lr": 0.1})
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"nan": math.nan, "inf": math.inf}, step=1)
        with mlflow.start_run(nested=True) as child:
            mlflow.log_param("depth", 4)
    run_id, child_id = parent.info.run_id, child.info.run_id
    run = client.get_run(run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "first")
    assert run.info.end_time >= run.info.start_time
    assert run.data.params == {"depth": "3", "lr": "0.1"}
    assert abs(run.data.metrics["loss"] - 0.05) < 1e-12
    assert math.isnan(run.data.metrics["nan"])
    assert run.data.metrics["inf"] > 1e308
    history = client.get_metric_history(run_id, "loss")
    assert [metric.step for metric in history] == [*range(20)]
    assert fluent_api.get_parent_run(child_id).info.run_id == run_id
    children = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{run_id}'")
    assert [each.info.run_id for each in children] == [child_id]
    refused("INVALID_PARAMETER_VALUE", client.log_param, run_id, "depth", "9")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, "f" * 32)
    return run_id, child_id


def batches(experiment: str) -> str:
    """A run that is logged to in batches, and from a thread of the client's; its id."""
    run_id: str = client.create_run(experiment, run_name="batch", start_time=5).info.run_id
    client.log_batch(run_id, metrics=[Metric("m", i, 1000 + i, i) for i in range(1000)])
    params = [Param(f"p{i}", "x") for i in range(100)]
    client.log_batch(run_id, params=params, tags=[RunTag(f"t{i}", "x") for i in range(100)])
    client.log_metric(run_id, "later", 1.5, synchronous=False).wait()
    client.set_terminated(run_id, status="FAILED", end_time=9)
    run = client.get_run(run_id)
    assert (run.info.status, run.info.start_time, run.info.end_time) == ("FAILED", 5, 9)
    assert run.data.metrics == {"m": 999.0, "later": 1.5}
    assert len(run.data.params) == 100
    assert len(client.get_metric_history(run_id, "m")) == 1000
    return run_id


def searches(experiment: str, by_start: list[str]) -> None:
    """Pages in order, and a filter over two entities."""
    seen: list[str] = []
    token = None
    while True:
        page = client.search_runs(
            [experiment], max_results=2, order_by=["start_time"], page_token=token
        )
        seen += [run.info.run_id for run in page]
        token = page.token
        if not token:
            break
    assert seen == by_start
    text = "metrics.loss < 0.06 and params.lr = '0.1'"
    found = client.search_runs([experiment], text)
    assert [run.info.run_id for run in found] == [by_start[1]]
    refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], "foo.bar = 1")


def changes(experiment: str, run_id: str) -> None:
    """Tags come and go, runs and experiments move to the trash and back."""
    client.set_tag(run_id, "gone", "1")
    client.delete_tag(run_id, "gone")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_tag, run_id, "gone")
    client.update_run(run_id, status="KILLED", name="renamed")
    assert client.get_run(run_id).info.run_name == "renamed"
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", client.log_param, run_id, "z", "1")
    gone = client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)
    assert [run.info.run_id for run in gone] == [run_id]
    client.restore_run(run_id)
    client.rename_experiment(experiment, f"{NAME}, done")
    client.delete_experiment(experiment)
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, f"{NAME}, done")
    client.restore_experiment(experiment)


if __name__ == "__main__":
    main()
