"""Hard limits: trials that hang, eat memory or crash fail alone; searches end in time."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import psutil
import pytest

from maestro_ml.engine.automl import (
    AutoMLEngine,
    BudgetTooSmallError,
    Candidate,
    FitContext,
    InvalidBudgetError,
    Predictor,
    Rows,
    SearchEvent,
    TrialFailed,
    TrialFinished,
    TrialStarted,
)
from maestro_ml.engine.automl.learners.constant import ConstantLearner

pytestmark = pytest.mark.timing

Table = tuple[pd.DataFrame, pd.Series]


@dataclass(frozen=True)
class Misbehaving:
    """A learner that does something first, and then predicts a constant."""

    act: Callable[[], object]

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        self.act()
        return ConstantLearner().fit(train, valid, context)


def hang() -> None:
    # In C code that holds the interpreter's lock, where no Python thread or signal helps.
    ctypes.PyDLL(None).sleep(600)


def eat_memory() -> None:
    blocks = [np.ones(3_000_000) for _ in range(200)]
    raise AssertionError(f"nobody stopped {len(blocks)} blocks of 24 MB")


def refuse() -> None:
    raise ZeroDivisionError("no luck")


def candidate(act: Callable[[], object], name: str = "bad", **more: object) -> Candidate:
    return Candidate(name, "test", Misbehaving, {"act": act}, work=0.001, **more)  # type: ignore[arg-type]


GOOD = candidate(bool, "good")


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (hang, "not done after"),
        (eat_memory, "MB, more than the limit"),
        (os.abort, "crashed"),
        (refuse, "ZeroDivisionError: no luck"),
    ],
)
def test_a_bad_trial_fails_alone_and_says_why(
    iris: Table, act: Callable[[], object], reason: str
) -> None:
    events: list[SearchEvent] = []
    engine = AutoMLEngine(
        12, n_jobs=1, memory_limit=500, portfolio=[candidate(act), GOOD], metric="accuracy"
    )
    result = engine.fit(*iris, callbacks=[events.append])
    assert [(skipped.name, reason in skipped.reason) for skipped in result.skipped] == [
        ("bad", True)
    ]
    assert any(isinstance(event, TrialFailed) and event.name == "bad" for event in events)
    assert "good" in {row.name for row in result.leaderboard}
    assert result.seconds < 12


def test_a_search_ends_in_time_even_when_nothing_ever_ends(iris: Table) -> None:
    started = time.monotonic()
    result = AutoMLEngine(3, portfolio=[candidate(hang, f"bad-{i}") for i in range(6)]).fit(*iris)
    assert time.monotonic() - started < 1.05 * 3 + 2
    assert result.best.name == "constant"
    assert len(result.skipped) == 6


def test_a_tiny_budget_still_gives_a_model_and_says_what_was_left_out(titanic: Table) -> None:
    started = time.monotonic()
    result = AutoMLEngine(0.7).fit(*titanic)
    assert time.monotonic() - started < 1.05 * 0.7 + 2
    assert result.best.family in {"linear", "baseline", "ensemble"}
    assert all("time budget" in skipped.reason for skipped in result.skipped)
    assert len(result.skipped) > 10


def test_a_budget_below_reading_the_table_is_refused(titanic: Table) -> None:
    with pytest.raises(BudgetTooSmallError, match="Give at least"):
        AutoMLEngine(0.0001).fit(*titanic)


def test_reading_a_table_that_takes_too_long_ends_with_the_budget() -> None:
    words = np.array([f"word{i}" for i in range(500)])
    texts = [" ".join(row) for row in words[np.random.default_rng(0).integers(0, 500, (5000, 40))]]
    table = pd.DataFrame({f"text-{i}": texts for i in range(60)})
    started = time.monotonic()
    with pytest.raises(BudgetTooSmallError, match="Give at least"):
        AutoMLEngine(1.0).fit(table, pd.Series([0, 1] * 2500))
    assert time.monotonic() - started < 1.05 * 1.0 + 2


def test_a_trial_that_cannot_finish_is_not_started(iris: Table) -> None:
    dear = Candidate("dear", "test", ConstantLearner, work=1000.0)
    result = AutoMLEngine(8, portfolio=[dear]).fit(*iris)
    assert [(s.name, s.reason.startswith("it needs about")) for s in result.skipped] == [
        ("dear", True)
    ]


def test_what_takes_more_than_its_share_waits_until_the_others_ran(iris: Table) -> None:
    started: list[str] = []

    def note(event: SearchEvent) -> None:
        if isinstance(event, TrialStarted) and event.family == "test":
            started.append(event.name)

    dear = Candidate("dear", "test", ConstantLearner, work=5.0, anytime=True)
    AutoMLEngine(15, n_jobs=1, portfolio=[dear, GOOD]).fit(*iris, callbacks=[note])
    assert started == ["good", "dear"]


def test_stopping_keeps_the_best_so_far(iris: Table) -> None:
    seen: list[SearchEvent] = []

    def trial_hangs() -> bool:
        return any(isinstance(event, TrialStarted) and event.name == "bad" for event in seen)

    engine = AutoMLEngine(60, n_jobs=1, portfolio=[GOOD, candidate(hang), candidate(hang, "last")])
    result = engine.fit(*iris, callbacks=[seen.append], should_stop=trial_hangs)
    assert result.stopped
    assert result.seconds < 20
    assert "good" in {row.name for row in result.leaderboard}
    assert {skipped.reason for skipped in result.skipped} == {"the search was stopped"}


def test_the_same_seed_and_trials_give_the_same_result(titanic: Table) -> None:
    features, target = titanic[0][:300], titanic[1][:300]
    one, other = (
        AutoMLEngine(60, max_trials=4, seed=3, n_jobs=jobs).fit(features, target) for jobs in (1, 2)
    )
    assert [(row.name, row.score) for row in one.leaderboard] == [
        (row.name, row.score) for row in other.leaderboard
    ]
    assert one.ensemble == other.ensemble
    np.testing.assert_array_equal(one.predictions, other.predictions)


def test_the_first_model_comes_early(titanic: Table) -> None:
    seen: list[TrialFinished] = []

    def note(event: SearchEvent) -> None:
        if isinstance(event, TrialFinished) and event.family != "baseline":
            seen.append(event)

    AutoMLEngine(30).fit(*titanic, callbacks=[note], should_stop=lambda: bool(seen))
    assert seen[0].elapsed < 3.0


@pytest.mark.parametrize("budget", [0, -5, float("nan"), float("inf")])
def test_a_budget_that_is_no_time_is_refused(budget: float) -> None:
    with pytest.raises(InvalidBudgetError, match="positive number of seconds"):
        AutoMLEngine(budget)


_SEARCH = """
import pandas as pd
from maestro_ml.engine.automl import AutoMLEngine
table = pd.DataFrame({"x": [i * 0.37 % 5 for i in range(3000)], "y": [0, 1] * 1500})
def tell(event):
    print(type(event).__name__, getattr(event, "family", ""), flush=True)
AutoMLEngine(120, n_jobs=2).fit(table[["x"]], table["y"], callbacks=[tell])
"""


def runs(process: psutil.Process) -> bool:
    """False when it has ended, though nobody may have asked for its exit code yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.chaos
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_killing_the_search_leaves_no_process_behind() -> None:
    search = subprocess.Popen([sys.executable, "-c", _SEARCH], stdout=subprocess.PIPE, text=True)
    assert search.stdout is not None
    for line in search.stdout:
        if line.startswith("TrialStarted catboost"):
            break
    family = psutil.Process(search.pid).children(recursive=True)
    assert len(family) >= 1
    search.send_signal(signal.SIGKILL)
    search.wait()
    search.stdout.close()
    deadline = time.monotonic() + 2.0
    while any(map(runs, family)):
        assert time.monotonic() < deadline, family
        time.sleep(0.02)
