"""Servers that are gone, hang or come back, and disks that are full: the training goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.support.disk import small_disk
from tests.support.live import live_server

import maestro_ml
from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.sdk.logging.journal import MOST_HELD, Header, Journal
from maestro_ml.sdk.logging.trouble import Trouble
from maestro_ml.server.installation import Installation

SYNC = [sys.executable, "-m", "maestro_ml.cli", "sync", "--quiet"]


def test_a_server_that_is_killed_and_comes_back_misses_nothing(
    installation: Installation,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    runs: Path,
) -> None:
    monkeypatch.setenv("MAESTRO_API_KEY", key)
    with live_server(installation) as first:
        monkeypatch.setenv("MAESTRO_URL", first.url)
        run = maestro_ml.run("restart")
        run.log(loss=0.0)
        with MaestroClient() as client:
            wait_for_points(client, run.id.hex, 1)
        run.log(loss=1.0)
        os.kill(first.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not caplog.records:  # the server is missed
        assert time.monotonic() < deadline
        run.log(loss=2.0)
    with live_server(installation, port=int(first.url.rpartition(":")[2])) as second:
        assert second.url == first.url
        run.log(loss=3.0)
        run.finish(timeout=30)
        with MaestroClient() as client:
            found = client.runs.get(run.id)
            steps = found.history("loss").steps
    assert found.status is RunStatus.FINISHED
    assert steps == [*range(len(steps))]
    assert found.info.metrics == {"loss": 3.0}
    assert len(caplog.records) == 1
    assert "training goes on" in caplog.records[0].message
    assert [*runs.iterdir()] == []


def wait_for_points(client: MaestroClient, run_id: str, count: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if len(client.runs.get(run_id).history("loss").steps) >= count:
                return
        except maestro_ml.NotFound:
            pass
        assert time.monotonic() < deadline, "nothing was sent in time"


def test_without_a_server_a_run_ends_soon_and_is_sent_later(
    live: str,
    key: str,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAESTRO_API_KEY", key)
    monkeypatch.setenv("MAESTRO_FINISH_SECONDS", "1")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    monkeypatch.setenv("MAESTRO_URL", f"http://127.0.0.1:{free}")
    begin = time.monotonic()
    with maestro_ml.run("down") as run:
        for number in range(20):
            with maestro_ml.run(name=f"trial {number}") as trial:
                trial.log(loss=number)
        run.log(best=19)
    assert time.monotonic() - begin < 10  # not a second for each child
    assert len(caplog.records) == 1
    told = capfd.readouterr().err
    assert str(runs / str(run.id)) in told
    assert "maestro sync" in told
    monkeypatch.setenv("MAESTRO_URL", live)
    subprocess.run([*SYNC, str(runs)], check=True)
    with MaestroClient() as client:
        found = client.runs.get(run.id)
        assert (found.status, found.info.metrics) == (RunStatus.FINISHED, {"best": 19.0})
        assert len([*found.children()]) == 20


def test_a_server_that_hangs_does_not_hold_the_end(
    monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MAESTRO_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        run = maestro_ml.run("hang")
        run.log(loss=1.0)
        begin = time.monotonic()
        run.finish(timeout=0.5)
        assert time.monotonic() - begin < 5
    assert (runs / str(run.id) / "log.jsonl").read_text().count("\n") == 2


def test_a_wrong_key_is_told_once_and_nothing_is_lost(
    server: MaestroClient,
    key: str,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MAESTRO_API_KEY", "mml_wrong")
    with maestro_ml.run("wrong key") as run:
        run.log(loss=1.0)
        with maestro_ml.run() as inner:
            inner.log(loss=2.0)
    assert len(caplog.records) == 1
    assert "maestro login" in caplog.records[0].message
    monkeypatch.setenv("MAESTRO_API_KEY", key)
    subprocess.run(SYNC, check=True)
    assert server.runs.get(run.id).info.metrics == {"loss": 1.0}


def test_a_full_disk_is_told_once_and_the_server_gets_it_all(
    server: MaestroClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with small_disk(tmp_path, mebibytes=1) as disk:
        monkeypatch.setenv("MAESTRO_RUN_DIR", str(disk / "runs"))
        with maestro_ml.run("full") as run:
            run.log(loss=0.0)
            filler = disk / "filler"
            with pytest.raises(OSError, match="No space"):
                filler.write_bytes(b"x" * (2 << 20))
            for number in range(5000):
                run.log(loss=1.0)
                if number % 1000 == 0:
                    run.log_text("x" * 100_000, f"checkpoint-{number}.bin")
            filler.unlink()
            for _ in range(100):
                run.log(loss=2.0)
        found = server.runs.get(run.id)
        assert found.history("loss").steps == [*range(5101)]
        assert found.status is RunStatus.FINISHED
    assert len(caplog.records) == 1
    assert "No space left" in caplog.records[0].message


def test_a_folder_that_cannot_be_made_is_told_once(
    server: MaestroClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MAESTRO_RUN_DIR", str(tmp_path / "file" / "runs"))
    with maestro_ml.run("no folder", config={"lr": 1}) as run:
        run.log(loss=1.0)
    found = server.runs.get(run.id)
    assert (found.info.metrics, found.info.params) == ({"loss": 1.0}, {"lr": "1"})
    assert len(caplog.records) == 1


def test_memory_is_bounded_when_nothing_takes_what_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    header = Header(id="0", experiment="e", name="n", started_at=0)
    journal = Journal.start(tmp_path / "file" / "log", header, Trouble())
    record = {"tags": {"note": "x" * 10_000}}
    for _ in range(MOST_HELD // 10_000 + 100):
        journal.append(record)
    chunk = journal.unsent()
    assert chunk is not None
    assert len(chunk.records) * 10_000 <= MOST_HELD
    assert journal.dropped >= 100
    assert len(caplog.records) == 2
