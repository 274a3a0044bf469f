"""Training processes and syncs that are killed at any point: the server holds each point once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus

TRAINING = """
import sys
import maestro_ml

run = maestro_ml.run("crash", name="the run", config={"lr": 0.1})
run.log_text("weights", "model/first.txt")
print(run.id, flush=True)
for step in range(1_000_000):
    run.log({"loss": 1 / (step + 1), "accuracy": step / 1000}, step=step)
    sys.stdout.write(f"{step}\\n")
    sys.stdout.flush()
"""
SYNC = [sys.executable, "-m", "maestro_ml.cli", "sync", "--quiet"]


def killed_training(points: int) -> tuple[str, int]:
    """The id of a run that was killed, and the last step that it was told to have been logged."""
    with subprocess.Popen(
        [sys.executable, "-c", TRAINING], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().decode().strip()
        step = -1
        for line in process.stdout:
            step = int(line)
            if step >= points:
                break
        process.kill()
        told = process.stdout.read().split(b"\n")[:-1]  # without what was told by half
        return run_id, int(told[-1]) if told else step


def killed_sync(seconds: float) -> None:
    process = subprocess.Popen(SYNC, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    process.kill()
    process.wait()


@pytest.mark.chaos
@pytest.mark.parametrize("mode", ["online", "offline"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_any_point_each_point_is_there_once(
    server: MaestroClient, runs: Path, mode: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_MODE", mode)
    chance = random.Random(f"{mode} {seed}")
    run_id, last = killed_training(chance.randrange(1, 40_000))
    killed_sync(chance.uniform(0.3, 1.5))
    for _ in range(2):
        subprocess.run(SYNC, check=True, stdout=subprocess.DEVNULL)
    found = server.runs.get(run_id)
    assert (found.name, found.status) == ("the run", RunStatus.KILLED)
    assert found.info.params == {"lr": "0.1"}
    assert [each.path for each in found.artifacts()] == ["model/first.txt"]
    for key in ("loss", "accuracy"):
        steps = found.history(key).steps
        assert steps == [*range(len(steps))]  # each once, without a gap
        assert len(steps) in (last + 1, last + 2)  # the last may have been logged, but not told
    assert [*runs.iterdir()] == []


def test_a_log_that_is_sent_twice_is_stored_once(
    server: MaestroClient, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing relies on what the client remembers of what it has sent."""
    monkeypatch.setenv("MAESTRO_MODE", "offline")
    run_id, _ = killed_training(500)
    kept = tmp_path / "kept"
    subprocess.run(["cp", "-r", str(runs / run_id), str(kept)], check=True)
    subprocess.run(SYNC, check=True)
    before = server.runs.get(run_id)
    losses = before.history("loss")
    kept.rename(runs / run_id)
    subprocess.run(SYNC, check=True)
    after = server.runs.get(run_id)
    assert after.history("loss") == losses
    assert after.info == before.info


def test_a_torn_line_costs_only_itself(
    server: MaestroClient, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_MODE", "offline")
    run_id, last = killed_training(50)
    log = runs / run_id / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole[: whole.rindex(b'"accuracy"')])
    subprocess.run(SYNC, check=True)
    steps = server.runs.get(run_id).history("loss").steps
    assert steps == [*range(len(steps))]
    assert last <= len(steps) + 1


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("", RunStatus.FINISHED),
        ("raise ValueError('no luck')", RunStatus.FAILED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", RunStatus.KILLED),
    ],
    ids=["end", "error", "interrupt"],
)
def test_a_run_that_nobody_finished_ends_with_its_script(
    server: MaestroClient, ending: str, status: RunStatus
) -> None:
    script = (
        f"import maestro_ml\nrun = maestro_ml.run('loose')\nprint(run.id)\nrun.log(x=1)\n{ending}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    found = server.runs.get(done.stdout.strip())
    assert (found.status, found.info.metrics) == (status, {"x": 1.0})
    assert ("maestro.error" in found.info.tags) == (status is RunStatus.FAILED)
    assert (done.returncode == 0) == (status is RunStatus.FINISHED)
