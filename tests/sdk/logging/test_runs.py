"""Runs of scripts, as a real server has them afterwards."""

from __future__ import annotations

import math
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import maestro_ml
from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.sdk.logging.run import ActiveRun
from maestro_ml.sdk.logging.sync import find_logs


def test_a_script_logs_what_it_does(
    server: MaestroClient, runs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "plot.svg"
    plot.write_text("<svg/>")
    config = {"lr": 0.001, "model": {"depth": 6, "bins": [1, 2]}, "empty": {}}
    with maestro_ml.run("churn", config=config, tags={"team": 7}) as run:
        run.log(loss=0.5)
        run.log({"val/loss": math.inf}, loss=0.25)
        maestro_ml.log(loss=math.nan, step=9)
        maestro_ml.log_metrics({"auc": 0.9}, step=3)
        maestro_ml.log_params({"seed": 1})
        maestro_ml.set_tags({"note": "fine"})
        maestro_ml.log_artifact(plot, "plots/first plot.svg")
        plot.unlink()  # what is logged is logged
    found = server.runs.get(run.id)
    assert (found.name, found.status) == (run.name, RunStatus.FINISHED)
    assert server.experiments.get("churn").id == found.info.experiment_id
    assert found.info.params == {
        "lr": "0.001",
        "model.depth": "6",
        "model.bins": "[1, 2]",
        "empty": "{}",
        "seed": "1",
    }
    assert found.info.tags == {"team": "7", "note": "fine"}
    assert (found.info.metrics["auc"], found.info.metrics["val/loss"]) == (0.9, math.inf)
    assert math.isnan(found.info.metrics["loss"])
    assert found.history("loss").steps == [0, 1, 9]
    assert [each.path for each in found.artifacts()] == ["plots/first plot.svg"]
    told = capfd.readouterr().err.splitlines()
    assert len(told) <= 6
    assert told[0].startswith(f"maestro: {run.name} finished after")
    assert [*runs.iterdir()] == []  # the server has all of it


def test_files_are_kept_as_they_were_when_they_were_logged(
    server: MaestroClient, tmp_path: Path
) -> None:
    plots = tmp_path / "plots"
    (plots / "deep").mkdir(parents=True)
    (plots / "a.txt").write_text("a")
    (plots / "deep" / "b ü.txt").write_text("b")
    model = tmp_path / "model.bin"
    with maestro_ml.run("files") as run:
        run.log_artifact(plots)
        run.log_artifact(str(plots), "figures/all")
        for version in range(20):
            model.write_bytes(bytes([version]) * 100_000)
            run.log_artifact(model, "model/latest.bin")
        run.log_metrics({"x": 1.0}, step=3, timestamp=12345)
    found = server.runs.get(run.id)
    assert [each.path for each in found.artifacts()] == [
        "figures/all/a.txt",
        "figures/all/deep/b ü.txt",
        "model/latest.bin",
        "plots/a.txt",
        "plots/deep/b ü.txt",
    ]
    found.download_artifact("model/latest.bin", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == bytes([19]) * 100_000
    assert found.history("x").timestamps == [12345]


def test_a_run_within_a_run_is_its_child(server: MaestroClient) -> None:
    with maestro_ml.run("outer") as outer:
        with maestro_ml.run(name="first") as first:
            assert maestro_ml.current_run() is first
            with maestro_ml.run(name="deep"):
                maestro_ml.log(x=1)
        assert maestro_ml.current_run() is outer
        maestro_ml.run("other", name="left open").log(x=2)
    with pytest.raises(maestro_ml.ConfigurationError, match="no run"):
        maestro_ml.log(loss=1)
    found = server.runs.get(outer.id)
    assert {child.name for child in found.children()} == {"first", "left open"}
    assert [child.name for child in server.runs.get(first.id).children()] == ["deep"]
    for child in found.children():
        assert child.status is RunStatus.FINISHED


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("out of luck"), RunStatus.FAILED),
        (SystemExit(2), RunStatus.FAILED),
        (SystemExit(0), RunStatus.FINISHED),
        (KeyboardInterrupt(), RunStatus.KILLED),
    ],
    ids=["error", "exit", "good exit", "interrupt"],
)
def test_a_run_that_breaks_says_so(
    server: MaestroClient, error: BaseException, status: RunStatus, tmp_path: Path
) -> None:
    with pytest.raises(type(error)), maestro_ml.run("breaks") as run:
        raise error
    found = server.runs.get(run.id)
    assert found.status is status
    if status is RunStatus.FAILED:
        found.download_artifact("maestro/traceback.txt", tmp_path / "told")
        assert "test_runs.py" in (tmp_path / "told").read_text()
        assert found.info.tags["maestro.error"] == f"{type(error).__name__}: {error}"
    else:
        assert (found.info.tags, [*found.artifacts()]) == ({}, [])


def test_threads_log_to_the_run_of_their_script(server: MaestroClient) -> None:
    def work(number: int) -> None:
        for step in range(500):
            maestro_ml.log({f"worker/{number}": step}, step=step)

    with maestro_ml.run("threads") as run:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = server.runs.get(run.id)
    for number in range(8):
        assert found.history(f"worker/{number}").steps == [*range(500)]


def test_threads_with_runs_of_their_own_do_not_mix(server: MaestroClient) -> None:
    seen: dict[str, ActiveRun] = {}
    both = threading.Barrier(2)

    def work(name: str) -> None:
        with maestro_ml.run("mixed", name=name) as run:
            seen[name] = run
            both.wait(30)
            maestro_ml.log({name: 1.0})
            both.wait(30)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, run in seen.items():
        found = server.runs.get(run.id).info
        assert (found.metrics, found.parent_run_id) == ({name: 1.0}, None)


def test_trials_in_threads_are_children_of_the_run_of_their_script(server: MaestroClient) -> None:
    def trial(number: int) -> None:
        with maestro_ml.run(name=f"trial {number}") as run:
            run.log(score=number)

    with maestro_ml.run("search") as outer, ThreadPoolExecutor(4) as pool:
        assert [*pool.map(trial, range(10))] == [None] * 10
        assert maestro_ml.current_run() is outer
    children = [*server.runs.get(outer.id).children()]
    assert {child.name: child.metrics["score"] for child in children} == {
        f"trial {number}": number for number in range(10)
    }


def test_a_name_may_be_anything(server: MaestroClient) -> None:
    with maestro_ml.run("  odd \x00 " + "x" * 1000, name=7) as run:  # type: ignore[arg-type]
        run.log(x=1)
    assert server.runs.get(run.id).name == "7"


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_logs_to_the_run_and_does_not_end_it(server: MaestroClient) -> None:
    with maestro_ml.run("forks") as run:
        run.log({"parent": 1.0}, step=0)
        child = os.fork()
        if child == 0:
            try:
                for step in range(1000):
                    maestro_ml.log({"child": step}, step=step)
                run.finish()
                with maestro_ml.run(name="of the child") as inner:
                    inner.log(x=1)
            finally:
                os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        run.log({"parent": 2.0}, step=1)
    found = server.runs.get(run.id)
    assert found.status is RunStatus.FINISHED
    assert found.history("child").steps == [*range(1000)]
    assert found.history("parent").values == [1.0, 2.0]
    assert [child.name for child in found.children()] == ["of the child"]


def test_what_the_server_would_refuse_is_left_out_and_told_once(
    server: MaestroClient, caplog: pytest.LogCaptureFixture, runs: Path
) -> None:
    with maestro_ml.run("odd", config={"lr": 1, "note": "x" * 9000}) as run:
        for _ in range(3):
            run.log({"word": "high", "k" * 300: 1.0, "good": 1.0})  # type: ignore[dict-item]
            run.log_params({"lr": 2})
        run.log({f"m{i}": float(i) for i in range(2500)}, step=0)
        run.log_params({f"p{i}": i for i in range(250)})
        run.set_tags({f"t{i}": i for i in range(250)})
        run.log({"good": 1.0}, step="soon")  # type: ignore[arg-type]
        run.log_artifact("missing.bin")
        run.log_text("away", "../../outside.txt")
        run.log_text("bad name", "what#1")
    run.log(late=1)
    found = server.runs.get(run.id)
    assert found.info.params["lr"] == "1"
    assert len(found.info.params) == 252
    assert len(found.info.params["note"]) == 6000
    assert len(found.info.tags) == 250
    assert len(found.info.metrics) == 2501
    assert len(found.history("good").steps) == 3
    told = [record.message for record in caplog.records]
    assert len(told) == len(set(told)) == 9
    kept = runs / str(run.id)
    assert (kept / "refused" / "what#1").read_text() == "bad name"
    assert "what#1" in (kept / "refused.jsonl").read_text()
    assert find_logs(runs) == []  # there is nothing to send any more


def test_a_clock_that_is_set_back_ends_no_run_before_its_start(
    server: MaestroClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with maestro_ml.run("clock") as run:
        earlier = time.time_ns() - 3600 * 10**9
        monkeypatch.setattr(time, "time_ns", lambda: earlier)
        run.log(loss=0.5)
    info = server.runs.get(run.id).info
    assert info.ended_at is not None
    assert info.ended_at >= info.started_at
    assert info.metrics == {"loss": 0.5}
