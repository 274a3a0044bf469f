"""The child-side of trials: one process that loads the libraries once and forks a child a trial.

Forking is safe here and only here: this process has one thread and never runs a parallel region
(OpenMP or BLAS), so no lock can be held in the child. The parent may be any program, a notebook or
a server with threads, and is never forked.
"""

import contextlib
import ctypes
import importlib
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle

from maestro_ml.engine.automl.agenda import Planned
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.runner import TrialResult
from maestro_ml.engine.automl.shared_matrix import attach
from maestro_ml.engine.automl.trial import OutclassedError, run_trial

_LIBRARIES = (
    "maestro_ml.engine.automl.learners.linear",
    "maestro_ml.engine.automl.learners.catboost",
    "maestro_ml.engine.automl.learners.lightgbm",
    "maestro_ml.engine.automl.learners.xgboost",
    "maestro_ml.engine.automl.learners.forests",
    "maestro_ml.engine.automl.learners.dense",
    "maestro_ml.engine.automl.learners.network",
)
_PR_SET_PDEATHSIG = 1
_IDLE_SECONDS = 0.5


@dataclass(frozen=True)
class Ready:
    """Answer: the server has started and reads commands."""


@dataclass(frozen=True)
class LoadProblem:
    """Command: keep this pickled problem for all trials; its matrix follows as a handle."""

    problem: bytes
    shape: tuple[int, int]


@dataclass(frozen=True)
class StartTrial:
    """Command: fork a child for the candidate; the pipe to answer on follows as a handle."""

    number: int
    planned: bytes
    seconds: float


@dataclass(frozen=True)
class KillTrial:
    """Command: end the child of this trial, whatever it does."""

    number: int


@dataclass(frozen=True)
class TrialStartedIn:
    """Answer to StartTrial: the child's process id."""

    number: int
    pid: int


class ForkServer:
    """Reads commands from its parent, forks and reaps children, ends when the parent is gone."""

    def __init__(self, control: Connection) -> None:
        self._control = control
        self._problem: Problem | None = None
        self._children: dict[int, int] = {}

    def serve(self) -> None:
        """Serve until the parent closes the connection, then kill the children."""
        loading = list(_LIBRARIES)
        try:
            self._control.send(Ready())
            while True:
                if self._control.poll(0 if loading else _IDLE_SECONDS):
                    self._handle(self._control.recv())
                elif loading:
                    # The first trial starts as soon as its own library is there.
                    preload(loading.pop(0))
                self._reap()
        except (EOFError, ConnectionError):
            pass
        finally:
            for pid in self._children.values():
                _kill(pid)

    def _handle(self, command: object) -> None:
        if isinstance(command, LoadProblem):
            matrix = attach(recv_handle(self._control), command.shape)
            problem: Problem = pickle.loads(command.problem)  # noqa: S301  (our parent's)
            self._problem = replace(problem, X=matrix)
        elif isinstance(command, StartTrial):
            self._start(command)
        elif isinstance(command, KillTrial) and command.number in self._children:
            _kill(self._children[command.number])

    def _start(self, command: StartTrial) -> None:
        answer = recv_handle(self._control)
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._control.close()
            die_with_parent(server)
            _as_child(lambda: self._run(command, Connection(answer, readable=False)))
        os.close(answer)
        self._children[command.number] = pid
        self._control.send(TrialStartedIn(command.number, pid))

    def _run(self, command: StartTrial, answer: Connection) -> None:
        assert self._problem is not None
        answer.send(evaluate(command.planned, self._problem, command.seconds))
        answer.close()

    def _reap(self) -> None:
        for number, pid in list(self._children.items()):
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    continue
            del self._children[number]


def preload(*modules: str) -> None:
    """Import these learners, all when none is named, so that a trial need not."""
    for module in modules or _LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def evaluate(pickled: bytes, problem: Problem, seconds: float) -> TrialResult:
    """Run a trial that was pickled as planned; whatever a library raises becomes its error."""
    outcome, error = None, ""
    scores: tuple[float, ...] = ()
    try:
        planned: Planned = pickle.loads(pickled)  # noqa: S301  (the search's own)
        learner = planned.candidate.learner(**planned.candidate.params)
        outcome = run_trial(learner, problem, seconds, folds=planned.folds, rival=planned.rival)
    except OutclassedError as behind:
        error, scores = str(behind), behind.fold_scores
    except MemoryError:
        error = "ran out of memory"
    except Exception as failure:  # noqa: BLE001  it fails this trial only
        error = traceback.format_exception_only(failure)[-1].strip()
    return TrialResult(outcome, error, peak_mb(), scores)


def _as_child(work: Callable[[], None]) -> None:
    """Do the work and leave without the server's clean-up."""
    code = 1
    try:
        prefer_for_oom_kill()
        work()
        code = 0
    finally:
        os._exit(code)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def prefer_for_oom_kill() -> None:
    """When the machine runs out of memory, the trial goes before the search (Linux)."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")


def peak_mb() -> float:
    """Greatest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Run as `python -m maestro_ml.engine.automl.forkserver FD PARENT_PID`."""
    # Ctrl-C reaches the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handle, parent = int(arguments[0]), int(arguments[1])
    if sys.platform == "linux":
        die_with_parent(parent)
    ForkServer(Connection(handle)).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
