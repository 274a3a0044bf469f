"""`maestro runs watch` and what the SDK offers for it, against a real server."""

from __future__ import annotations

import json
import math
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from tests.cli.conftest import Maestro

from maestro_ml import MaestroClient, NotFound
from maestro_ml.cli.watching.traces import Trace
from maestro_ml.contracts.live import PointsAdded, RunChanged, RunsChanged
from maestro_ml.sdk.resources.runs import Run


@pytest.fixture
def client(admin: Maestro) -> Iterator[MaestroClient]:
    with MaestroClient(admin.env["MAESTRO_URL"], admin.env["MAESTRO_API_KEY"]) as opened:
        yield opened


class Watching:
    """`maestro runs watch …` as a process."""

    def __init__(self, admin: Maestro, *args: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "maestro_ml.cli", "runs", "watch", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=admin.environment(),
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


def test_the_sdk_tells_a_run_from_now_to_its_end(client: MaestroClient) -> None:
    run = client.runs.create()
    events = client.runs.watch(run.id)
    first = next(events)
    assert isinstance(first, RunChanged)
    run.log({"loss": 0.5, "odd": math.nan}, step=7)
    second = next(events)
    assert isinstance(second, PointsAdded)
    assert [(each.key, each.steps) for each in second.series] == [("loss", [7]), ("odd", [7])]
    assert math.isnan(second.series[1].values[0])
    run.finish()
    assert [event.run.status.value for event in events if isinstance(event, RunChanged)] == [
        "finished"
    ]
    assert len([*client.runs.watch(run.id)]) == 1, "it has ended already"


def test_the_sdk_tells_of_all_runs_of_an_experiment(client: MaestroClient) -> None:
    experiment = client.experiments.create("watched")
    events = client.experiments.watch("watched")
    first = next(events)
    assert isinstance(first, RunsChanged)
    assert first.runs == []
    run = experiment.start_run()
    run.log(loss=0.25)
    told = next(events)
    while not (isinstance(told, RunsChanged) and told.runs[0].metrics):
        told = next(events)
    assert (told.runs[0].id, told.runs[0].metrics) == (run.id, {"loss": 0.25})


def test_what_is_not_there_cannot_be_watched(client: MaestroClient, admin: Maestro) -> None:
    missing = "0198c5a2-7c1e-7000-8000-000000000000"
    with pytest.raises(NotFound):
        next(client.runs.watch(missing))
    assert admin("runs", "watch", missing).code == 5
    assert admin("runs", "watch").code == 2
    assert admin("runs", "watch", missing, "--experiment", "Default").code == 2


def _finish_after(watching: Watching, run: Run, status: str) -> tuple[int, str, str]:
    assert run.name in watching.line()
    run.log(loss=0.5, accuracy=0.75)
    assert watching.line().split()[1:] == ["step", "0", "accuracy=0.75", "loss=0.5"]
    run.finish(type(run.status)(status))
    return watching.end()


@pytest.mark.parametrize(("status", "code"), [("finished", 0), ("failed", 1)])
def test_where_nobody_looks_each_event_is_a_line(
    admin: Maestro, client: MaestroClient, status: str, code: int
) -> None:
    run = client.runs.create()
    ended, out, err = _finish_after(Watching(admin, str(run.id)), run, status)
    assert (ended, out.split()[1:], err) == (code, [run.name, status], "")


def test_programs_get_the_events(admin: Maestro, client: MaestroClient) -> None:
    run = client.runs.create()
    watching = Watching(admin, str(run.id), "--json")
    assert json.loads(watching.line())["run"]["name"] == run.name
    run.log(loss=0.5)
    assert json.loads(watching.line())["series"][0]["values"] == [0.5]
    run.finish()
    code, out, _ = watching.end()
    assert (code, json.loads(out)["run"]["status"]) == (0, "finished")


def test_ctrl_c_ends_the_watching_alone(admin: Maestro, client: MaestroClient) -> None:
    experiment = client.experiments.create("many")
    watching = Watching(admin, "--experiment", "many")
    run = None
    deadline = time.monotonic() + 60

    def begin() -> None:  # until the watching has begun to listen
        nonlocal run
        while run is None or (watching.process.poll() is None and time.monotonic() < deadline):
            run = experiment.start_run("told")
            run.log(loss=0.5)
            if heard.wait(1):
                return

    heard = threading.Event()
    thread = threading.Thread(target=begin)
    thread.start()
    line = watching.line()
    heard.set()
    thread.join()
    assert line.split()[1:3] == ["told", "running"]
    watching.process.send_signal(signal.SIGINT)
    code, _, err = watching.end()
    assert code == 130
    assert "goes on" in err
    assert "Traceback" not in err
    assert run is not None
    assert run.refresh().status.value == "running"


def test_who_looks_sees_values_and_shapes(admin: Maestro, client: MaestroClient) -> None:
    run = client.runs.create(name="looked-at")
    for step in range(50):
        run.log({"loss": 1 / (step + 1), "system/cpu": 3.0})
    run.finish()
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "maestro_ml.cli", "runs", "watch", str(run.id)],
        stdout=slave,
        stderr=slave,
        env=admin.environment(TERM="xterm", LINES="30"),
    )
    os.close(slave)
    shown = b""
    try:
        while part := os.read(master, 65536):
            shown += part
    except OSError:  # the other side is gone
        pass
    os.close(master)
    assert process.wait(60) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert "looked-at  finished" in text
    rows = [line.split() for line in text.splitlines()]
    loss = next(row for row in rows if row[:1] == ["loss"])
    assert loss[1:3] == ["0.02", "49"]
    assert (loss[3][0], loss[3][-1]) == ("█", "▁")
    assert [row[0] for row in rows if row][-2:] == ["loss", "system/cpu"]


def test_a_trace_draws_what_it_knows() -> None:
    trace = Trace()
    assert (trace.latest, trace.line(8)) == (None, "")
    trace.add([(0, 1.0), (1, math.nan), (3, 3.0), (2, 2.0)])
    assert (trace.latest, trace.line(4)) == ((3, 3.0), "▁▁▅█")
    trace.add([(4, 1e308), (5, -1e308)])
    assert len(trace.line(6)) == 6
    trace = Trace()
    for start in range(0, 10_000, 100):
        trace.add((step, float(step)) for step in range(start, start + 100))
    assert trace.line(8) == "▁▂▃▄▅▆▇█"
    assert trace.latest == (9999, 9999.0)
