"""Experiments and runs from a script and from the command line, against a real server."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Maestro

import maestro_ml
from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus


@pytest.fixture
def client(admin: Maestro, monkeypatch: pytest.MonkeyPatch) -> Iterator[MaestroClient]:
    """A client that finds its server in the environment, as a script's does."""
    for name in ("MAESTRO_URL", "MAESTRO_API_KEY"):
        monkeypatch.setenv(name, admin.env[name])
    with MaestroClient() as opened:
        yield opened


def test_a_client_logs_to_a_run_of_its_own(client: MaestroClient, tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"
    plot.write_text("<svg/>")
    config = {"lr": 0.001, "model": {"depth": 6, "bins": [1, 2]}, "empty": {}}
    experiment = client.experiments.create("churn")
    with experiment.start_run("outer", params=config, tags={"team": 7}) as run:
        run.log(loss=0.5)
        run.log({"val/loss": math.inf}, loss=0.25)
        run.log(loss=math.nan, step=9)
        run.log_metrics({"auc": 0.9}, step=3)
        run.log_params({"seed": 1})
        run.set_tags({"note": "fine"})
        run.log_artifact(plot, "plots/first plot.svg")
        run.start_child("inner").finish()
    found = client.runs.get(run.id.hex)
    assert found.status is RunStatus.FINISHED
    assert found.info.params == {
        "lr": "0.001",
        "model.depth": "6",
        "model.bins": "[1, 2]",
        "empty": "{}",
        "seed": "1",
    }
    assert found.info.tags == {"team": "7", "note": "fine"}
    assert found.info.metrics["auc"] == 0.9
    assert found.info.metrics["val/loss"] == math.inf
    assert math.isnan(found.info.metrics["loss"])
    assert found.history("loss").steps == [0, 1, 9]
    assert found.history("val/loss").steps == [1]
    assert [child.name for child in found.children()] == ["inner"]
    assert [file.path for file in found.artifacts("plots")] == ["plots/first plot.svg"]
    copy = found.download_artifact("plots/first plot.svg", tmp_path / "copy.svg")
    assert copy.read_text() == "<svg/>"
    found.delete_artifact("plots")
    assert [*found.artifacts()] == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError, RunStatus.FAILED), (KeyboardInterrupt, RunStatus.KILLED)],
)
def test_a_run_that_breaks_says_so(
    client: MaestroClient, error: type[BaseException], status: RunStatus
) -> None:
    experiment = client.experiments.create("breaks")
    with pytest.raises(error), experiment.start_run() as run:
        raise error
    assert client.runs.get(run.id).status is status


def test_experiments_and_runs_have_a_life(client: MaestroClient) -> None:
    experiment = client.experiments.create("life", tags={"a": "b"})
    with pytest.raises(maestro_ml.Conflict, match="already"):
        client.experiments.create("life")
    assert client.experiments.get_or_create("life").id == experiment.id
    for number in range(3):
        run = experiment.start_run(name=f"run {number}")
        run.log_metrics({"auc": number / 10})
        run.finish()
    assert [run.name for run in experiment.runs()] == ["run 2", "run 1", "run 0"]
    assert [run.name for run in experiment.runs(metric="auc")] == ["run 2", "run 1", "run 0"]
    assert run.refresh().metrics == {"auc": 0.2}
    run.rename("best")
    run.log_metrics({f"m{i}": float(i) for i in range(1500)})
    assert len(run.refresh().metrics) == 1501
    run.log_params({"lr": 1})
    with pytest.raises(maestro_ml.Conflict, match="'lr' is '1' already"):
        run.log_params({"lr": 2})
    child = run.start_child("child", params={"x": 1})
    assert child.info.parent_run_id == run.id
    client.runs.delete(run.id)
    assert [each.name for each in experiment.runs()] == ["child", "run 1", "run 0"]
    assert client.runs.restore(run.id).name == "best"
    client.experiments.delete("life")
    assert client.experiments.get("life").info.lifecycle == "deleted"
    assert client.experiments.restore("life").name == "life"
    client.experiments.update("life", name="lives", tags={"a": None})
    assert client.experiments.get(experiment.id).info.tags == {}
    assert [each.name for each in client.experiments.list(name="live")] == ["lives"]


def test_the_command_line_shows_and_changes_them(admin: Maestro, client: MaestroClient) -> None:
    made = admin("experiments", "create", "churn rate", "--tag", "team=x", "--json")
    assert (made.code, made.json["tags"]) == (0, {"team": "x"})
    with client.experiments.get("churn rate").start_run("first") as run:
        for step in range(100):
            run.log(loss=1 / (step + 1))
    assert "churn rate" in admin("experiments", "list").out
    assert admin("experiments", "get", "churn rate", "--quiet").out == "1\n"
    changed = admin(
        "experiments", "update", "1", "--name", "churn", "--tag", "a=b", "--remove-tag", "team"
    )
    assert "a=b" in changed.out
    assert admin("experiments", "update", "churn", "--tag", "nonsense").code == 2
    listed = admin("runs", "list", "-e", "churn", "--order", "metrics.loss DESC", "--json")
    assert [each["name"] for each in listed.json] == ["first"]
    assert "loss=0.01" in admin("runs", "get", str(run.id)).out
    whole = admin("runs", "metrics", str(run.id), "loss", "--json").json
    assert len(whole["values"]) == 100
    shown = admin("runs", "metrics", str(run.id), "loss", "--points", "10")
    assert len(shown.out.splitlines()) <= 12
    assert "--json all" in shown.err
    assert admin("runs", "metrics", str(run.id), "gain").code == 5
    assert admin("runs", "delete", str(run.id), "--yes").code == 0
    assert admin("runs", "list", "-e", "churn", "--json").json == []
    assert admin("runs", "restore", str(run.id), "--quiet").out == f"{run.id}\n"
    assert admin("experiments", "delete", "churn", "--yes").code == 0
    assert admin("experiments", "list", "--view", "deleted", "--quiet").out == "1\n"
    assert admin("experiments", "restore", "churn").code == 0
    assert admin("experiments", "get", "nothing").code == 5


def test_runs_are_found_compared_tagged_and_exported(
    admin: Maestro, client: MaestroClient, tmp_path: Path
) -> None:
    experiment = client.experiments.create("many")
    ids = []
    for number, model in enumerate(("linear", "lgbm", "lgbm")):
        with experiment.start_run(f"run {number}", params={"model": model, "depth": 6}) as run:
            run.log_metrics({"auc": number / 4, "a/b c": math.inf})
        ids.append(str(run.id))
    query = ("many", "--filter", "metrics.auc > 0.1 and params.model = 'lgbm'")
    listed = admin("runs", "list", *query, "--order", "metrics.auc ASC")
    assert [line.split()[1:3] for line in listed.out.splitlines()[1:]] == [
        ["run", "1"],
        ["run", "2"],
    ]
    assert "AUC" in listed.out.splitlines()[0]
    assert admin("runs", "list", *query, "-n", "1", "--quiet").out == f"{ids[2]}\n"
    assert admin("runs", "list", "-e", "many", "--filter", "metrics.auc >").code == 7
    compared = admin("runs", "compare", *ids)
    lines = [line.split() for line in compared.out.splitlines()]
    assert lines[1] == ["≠", "metrics.auc", "0", "0.25", "0.5"]
    assert lines[2] == ["≠", "params.model", "linear", "lgbm", "lgbm"]
    assert lines[-1][:2] == ["params.depth", "6"]
    assert admin("runs", "compare", *ids, "--json").json["params"][0]["values"][0] == "linear"
    tagged = admin("runs", "tag", *ids[:2], "--tag", "team=fraud", "--remove", "nothing", "--json")
    assert (tagged.code, tagged.json) == (0, {"changed": 2})
    assert client.runs.get(ids[1]).info.tags == {"team": "fraud"}
    assert admin("runs", "tag", ids[0]).code == 2
    assert admin("runs", "note", ids[0], "--set", "# Good").code == 0
    assert admin("runs", "note", ids[0]).out == "# Good\n"
    assert admin("experiments", "note", "many", "--set", "All of it.").code == 0
    assert admin("experiments", "note", "many").out == "All of it.\n"
    [charted] = client.runs.histories(ids[0], ["auc"])
    assert (charted.key, charted.values) == ("auc", [0.0])
    for name in ("runs.csv", "runs.parquet"):
        file = tmp_path / name
        written = admin(
            "runs", "export", str(file), "-e", "many", "--order", "metrics.auc", "--json"
        )
        assert (written.code, written.json) == (0, {"file": str(file), "runs": 3})
        rows = read_table(file)
        assert [row["name"] for row in rows] == ["run 0", "run 1", "run 2"]
        assert [float(row["metrics.auc"]) for row in rows] == [0.0, 0.25, 0.5]
        assert float(rows[0]["metrics.a/b c"]) == math.inf
        assert [row["params.model"] for row in rows] == ["linear", "lgbm", "lgbm"]
        assert [row["tags.team"] or None for row in rows] == ["fraud", "fraud", None]
        assert [row["run_id"] for row in rows] == ids
    assert admin("runs", "export", str(tmp_path / "runs.xls")).code != 0
    assert not [*tmp_path.glob("*.part")]


def read_table(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".csv":
        with file.open(newline="") as opened:
            return [*csv.DictReader(opened)]
    found: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    return found


def test_the_trash_is_emptied_when_confirmed(admin: Maestro, client: MaestroClient) -> None:
    with client.experiments.create("trash").start_run() as run:
        run.log_metrics({"auc": 1.0})
    kept = client.runs.create(0)
    both = (str(run.id), str(kept.id))
    assert admin("runs", "delete", *both, "--yes", "--quiet").out == f"{' '.join(both)}\n"
    assert admin("runs", "restore", both[1], "--json").json == {"id": both[1], "changed": 1}
    refused = admin("runs", "purge", both[0])
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert admin("runs", "purge", "--yes").code == 2
    active = admin("runs", "purge", both[1], "--yes")
    assert (active.code, "not in the trash" in active.err) == (6, True)
    job = client.runs.purge([run.id])
    assert job.status in ("queued", "running", "succeeded")
    assert client.experiments.purge(older_than_days=7).status == "queued"


@pytest.mark.parametrize(
    ("filter", "place"),
    [
        ("metrics.auc >> 0.8", "            ^^"),
        ("params.model = lgbm", "               ^^^^"),
        ("metrics.auc > 0.8 or params.x = 'y'", "                  ^^"),
    ],
)
def test_a_wrong_filter_is_shown_where_it_is_wrong(admin: Maestro, filter: str, place: str) -> None:
    refused = admin("runs", "list", "--filter", filter)
    assert refused.code == 7
    assert refused.err.splitlines()[1:3] == [f"→ {filter}", f"  {place}"]
    assert "metrics.auc > 0.8 and params.model = 'lgbm'" in refused.err


def test_the_machine_takes_no_columns(admin: Maestro, client: MaestroClient) -> None:
    client.runs.create().log({"system/cpu": 50.0, "auc": 0.9})
    assert "SYSTEM/CPU" not in admin("runs", "list").out
    asked = (
        admin("runs", "list", "--filter", "metrics.`system/cpu` > 1").out.splitlines()[0].split()
    )
    assert asked.index("SYSTEM/CPU") < asked.index("AUC")


def test_nothing_found_says_why(admin: Maestro) -> None:
    assert "with maestro_ml.run('Default')" in admin("runs", "list").err
    found = admin("runs", "list", "--filter", "metrics.auc > 9")
    assert (found.code, found.out) == (0, "")
    assert "No run of Default meets this filter." in found.err


def test_a_reader_that_goes_early_gets_no_traceback(admin: Maestro, client: MaestroClient) -> None:
    for number in range(50):
        client.runs.create(name=f"run {number}", params={"long": "x" * 5000})
    lister = subprocess.Popen(
        [sys.executable, "-m", "maestro_ml.cli", "runs", "list", "--limit", "50", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=admin.environment(),
    )
    assert lister.stdout is not None
    assert lister.stderr is not None
    lister.stdout.readline()
    lister.stdout.close()
    said = lister.stderr.read()
    lister.stderr.close()
    assert lister.wait(60) in (0, 1)
    assert "Traceback" not in said
    assert "Error" not in said
