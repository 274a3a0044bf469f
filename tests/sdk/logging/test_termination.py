"""Training processes that are asked to end with SIGTERM."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

import maestro_ml
from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus

TRAINING = """
import signal, sys, time
import maestro_ml
{before}
with maestro_ml.run("ends") as outer, maestro_ml.run(name="inner") as run:
    {inside}
    run.log(loss=0.5)
    print(outer.id, flush=True)
    time.sleep(60)
"""
HANDLER = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))"


def ended(before: str = "", inside: str = "pass") -> tuple[str, int, str]:
    """The id of the run of a process that was asked to end, its exit code and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING.format(before=before, inside=inside)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    process.terminate()
    _, said = process.communicate(timeout=30)
    return run_id, process.returncode, said


@pytest.mark.chaos
def test_the_runs_are_killed_and_whole(server: MaestroClient) -> None:
    run_id, code, said = ended()
    assert code == -signal.SIGTERM
    assert "killed after" in said
    outer = server.runs.get(run_id)
    [inner] = outer.children()
    assert (outer.status, inner.status) == (RunStatus.KILLED, RunStatus.KILLED)
    assert inner.metrics == {"loss": 0.5}


@pytest.mark.chaos
@pytest.mark.parametrize("place", ["before", "inside"])
def test_a_handler_of_the_programs_own_is_left_alone(server: MaestroClient, place: str) -> None:
    run_id, code, said = ended(**{place: HANDLER})
    assert code == 3
    assert "failed after" in said
    assert server.runs.get(run_id).status is RunStatus.FAILED


@pytest.mark.chaos
def test_without_a_server_it_ends_in_time(
    server: MaestroClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_URL", "http://127.0.0.1:9")
    started = time.monotonic()
    _, code, said = ended()
    assert code == -signal.SIGTERM
    assert "maestro sync" in said
    assert time.monotonic() - started < 25


@pytest.mark.chaos
def test_a_forked_child_that_is_terminated_ends_no_run(server: MaestroClient) -> None:
    fork = (
        "import os\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        time.sleep(20)\n"
        "        os._exit(1)\n"
        "    os.kill(child, signal.SIGTERM)\n"
        "    assert os.waitpid(child, 0)[1] == signal.SIGTERM\n"
        "    maestro_ml.log(alive=1.0)"
    )
    run_id, _, _ = ended(inside=fork)
    [inner] = server.runs.get(run_id).children()
    assert inner.metrics == {"alive": 1.0, "loss": 0.5}


@pytest.mark.chaos
def test_the_processes_of_a_pool_end_when_they_are_told(server: MaestroClient) -> None:
    pool = (
        "import multiprocessing\n"
        "    for _ in range(5):\n"
        "        with multiprocessing.get_context('fork').Pool(2) as workers:\n"
        "            workers.map(abs, range(4))\n"
        "            assert workers.apply(signal.getsignal, [15]) == signal.SIG_DFL"
    )
    run_id, code, _ = ended(inside=pool)
    assert code == -signal.SIGTERM
    assert server.runs.get(run_id).status is RunStatus.KILLED


def test_the_handler_goes_with_the_last_run(server: MaestroClient) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with maestro_ml.run("short"):
        pass
    assert signal.getsignal(signal.SIGTERM) is before
