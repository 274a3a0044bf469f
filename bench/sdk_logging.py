"""Logging from Python: the cost of a `log`, what it adds to a training, how fast a log is synced.

    python -m bench.sdk_logging [--calls N] [--points N]

It serves a fresh installation of its own on the same machine, so the server competes with the
training for the processors, which a server elsewhere would not. The training is pure Python, the
worst case: every moment of the sending thread is taken from it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import maestro_ml
from bench.tracking_native import own_platform
from maestro_ml.sdk.logging.run import ActiveRun
from maestro_ml.sdk.logging.sync import find_logs, sync

FIVE = ("loss", "accuracy", "f1", "auc", "lr")


def cost_of_log(calls: int, metrics: int, *, pause: float) -> list[float]:
    """Microseconds of each call, in order of size; `pause` seconds lie between two of them."""
    names = FIVE[:metrics]
    taken = []
    with maestro_ml.run("bench", name=f"{calls} calls") as run:
        for step in range(calls):
            values = dict.fromkeys(names, step * 0.5)
            begin = time.perf_counter_ns()
            run.log(values, step=step)
            taken.append((time.perf_counter_ns() - begin) / 1000)
            if pause:
                time.sleep(pause)
    return sorted(taken)


def training_ratios(
    step_ms: float, *, rounds: int = 12, seconds: float = 1.0
) -> tuple[float, float]:
    """Wall-clock and CPU time of a training that logs five metrics a step, over one that does not.

    The two alternate in rounds of `seconds`, so that both see the same machine. The CPU time is that
    of all threads: what logging takes at most when there is no processor to spare. It is little
    disturbed by what else the machine does, which the wall clock is not.
    """
    work = _work(step_ms)
    steps = round(seconds * 1000 / step_ms)
    ratios = []
    with maestro_ml.run("bench", name=f"steps of {step_ms} ms") as run:
        for number in range(rounds):
            bare, logged = _round(work, steps, None), _round(work, steps, run)
            if number:  # the first warms up
                ratios.append((logged[0] / bare[0], logged[1] / bare[1]))
    wall, cpu = zip(*ratios, strict=True)
    return statistics.median(wall), statistics.median(cpu)


def _round(work: Callable[[], float], steps: int, run: ActiveRun | None) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        loss = work()
        if run is not None:
            run.log(loss=loss, accuracy=0.9, f1=0.8, auc=0.7, lr=0.001)
    if run is None:
        return time.perf_counter() - wall, time.process_time() - cpu
    elapsed = time.perf_counter() - wall
    _wait_until_sent(run)  # or the next round without logging would pay for this one
    return elapsed, time.process_time() - cpu


def _wait_until_sent(run: ActiveRun) -> None:
    while not run.journal.is_sent():
        time.sleep(0.1)


def _work(milliseconds: float) -> Callable[[], float]:
    """A piece of pure Python that takes about so much CPU time here."""

    def work(size: int) -> float:
        total = 0.0
        for number in range(size):
            total += number * 0.5
        return total

    begin = time.thread_time()
    work(3_000_000)
    size = round(3_000_000 * milliseconds / 1000 / (time.thread_time() - begin))
    return lambda: work(size)


def sync_throughput(points: int, home: Path) -> tuple[float, float]:
    """Points a second written offline, and synced."""
    os.environ["MAESTRO_MODE"] = "offline"
    begin = time.perf_counter()
    with maestro_ml.run("bench", name="offline") as run:
        for step in range(points // len(FIVE)):
            run.log(dict.fromkeys(FIVE, step * 0.5), step=step)
    written = time.perf_counter() - begin
    del os.environ["MAESTRO_MODE"]
    begin = time.perf_counter()
    done = [*sync(find_logs(home / "runs"))]
    if [each.state.value for each in done] != ["sent"]:
        raise RuntimeError(f"sync: {done}")
    return points / written, points / (time.perf_counter() - begin)


def report(calls: int, points: int, home: Path) -> None:
    """Measure everything and print it."""
    print(f"{'run.log, µs':<44}{'median':>10}{'P99':>10}{'P99.9':>10}")
    for title, metrics, count, pause in (
        ("1 metric, as fast as it goes", 1, calls, 0.0),
        ("5 metrics, as fast as it goes", 5, calls, 0.0),
        ("5 metrics, every millisecond", 5, calls // 20, 0.001),
    ):
        taken = cost_of_log(count, metrics, pause=pause)
        shown = [taken[int(len(taken) * share)] for share in (0.5, 0.99, 0.999)]
        print(f"{title:<44}" + "".join(f"{each:>10.1f}" for each in shown))
    print(f"\n{'training with five metrics a step ÷ without':<44}{'wall':>10}{'CPU':>10}")
    for step_ms in (1.0, 10.0, 100.0):
        wall, cpu = training_ratios(step_ms)
        print(f"{f'steps of {step_ms:g} ms':<44}{wall:>10.3f}{cpu:>10.3f}")
    written, sent = sync_throughput(points, home)
    print(f"\n{'offline run, points a second':<44}{'written':>10}{'synced':>10}")
    print(f"{f'{points:,} points of {len(FIVE)} metrics':<44}{written:>10,.0f}{sent:>10,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="maestro-logging-"))
    os.environ["MAESTRO_HOME"] = str(home)
    try:
        with own_platform() as (url, token):
            os.environ |= {"MAESTRO_URL": url, "MAESTRO_API_KEY": token}
            report(arguments.calls, arguments.points, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
