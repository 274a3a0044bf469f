"""The parent's side of trials: starts them in killable processes, watches memory, collects."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.reduction import send_handle
from typing import Self

import cloudpickle

from maestro_ml.engine.automl import forkserver
from maestro_ml.engine.automl.agenda import Planned
from maestro_ml.engine.automl.memory import MemoryWatch, resident_mb
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.runner import Ended, TrialResult
from maestro_ml.engine.automl.shared_matrix import share

_START = "import sys; from maestro_ml.engine.automl.forkserver import main; main(sys.argv[1:])"
_MAX_RESTARTS = 3


@dataclass
class _Child:
    answer: Connection
    started: float
    pid: int | None = None
    killed_because: str = ""
    peak_mb: float = 0.0


class TrialProcesses:
    """One fork server and its running trials; a context manager that leaves no process behind."""

    def __init__(self, memory_limit_mb: float) -> None:
        self._memory_limit_mb = memory_limit_mb
        self._memory = MemoryWatch(memory_limit_mb)
        self._children: dict[int, _Child] = {}
        self._problem: Problem | None = None
        self._matrix = -1
        self._restarts = 0
        self._listening = False
        self._server, self._control = _start_server()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    @property
    def cores(self) -> int:
        """Cores that this process may run on."""
        return usable_cores()

    def load(self, problem: Problem) -> Problem:
        """Have the server given the problem as soon as it listens; the same, on shared pages."""
        self._forget()
        self._matrix, shared = share(problem.X)
        self._problem = replace(problem, X=shared)
        self._hand_over()
        return self._problem

    @property
    def ready(self) -> bool:
        """True when a trial would start at once; loading the libraries takes a second or two."""
        return self._listening and self._problem is not None

    def start(self, planned: Planned, seconds: float) -> None:
        """Begin a trial, or the rest of one; only when `ready`."""
        payload = cloudpickle.dumps(planned)
        receiving, sending = Pipe(duplex=False)
        self._control.send(forkserver.StartTrial(planned.number, payload, seconds))
        send_handle(self._control, sending.fileno(), self._server.pid)
        sending.close()
        self._children[planned.number] = _Child(receiving, time.monotonic())

    def kill(self, number: int, reason: str) -> None:
        """End a trial; it is reported by `collect` with this reason."""
        child = self._children[number]
        child.killed_because = child.killed_because or reason
        with contextlib.suppress(ConnectionError, OSError):
            self._control.send(forkserver.KillTrial(number))

    def collect(self, seconds: float) -> list[Ended]:
        """Trials that ended, waiting up to `seconds` for the first; replaces a dead server."""
        if self._server.poll() is not None:
            self._restart()
        waited = [self._control, *(child.answer for child in self._children.values())]
        ready = wait(waited, timeout=seconds)
        if self._control in ready:
            self._read_control()
        self._watch_memory()
        over = [n for n, child in self._children.items() if child.answer in ready]
        return [self._end(number) for number in over]

    def close(self) -> None:
        """Kill what runs and end the server."""
        self._control.close()
        if self._children:
            # Given a moment, the server kills its children itself; on Linux the kernel would too.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(timeout=0.5)
        for child in self._children.values():
            child.answer.close()
        self._children.clear()
        self._server.kill()
        self._server.wait()
        self._forget()

    def _forget(self) -> None:
        """Give up the problem's pages; arrays that lie on them keep them."""
        if self._matrix >= 0:
            os.close(self._matrix)
            self._matrix = -1

    def _end(self, number: int) -> Ended:
        child = self._children.pop(number)
        try:
            result: TrialResult | None = child.answer.recv()
        except (EOFError, OSError):
            result = None
        child.answer.close()
        seconds = time.monotonic() - child.started
        if child.killed_because or result is None:
            why = child.killed_because or "its process crashed"
            return Ended(number, None, why, child.peak_mb, seconds)
        return Ended(number, result, result.error, max(child.peak_mb, result.peak_mb), seconds)

    def _read_control(self) -> None:
        try:
            while self._control.poll():
                self._handle(self._control.recv())
        except (EOFError, ConnectionError):
            # The kernel ends the children with their server; each reports end-of-file.
            self._server.kill()
            self._server.wait()

    def _handle(self, message: object) -> None:
        if isinstance(message, forkserver.Ready):
            self._listening = True
            self._hand_over()
        elif isinstance(message, forkserver.TrialStartedIn) and message.number in self._children:
            self._children[message.number].pid = message.pid

    def _hand_over(self) -> None:
        # Sent before the server reads, a large problem would block this process.
        if self._listening and self._problem is not None:
            shape = self._problem.X.shape
            # By value where it must: a metric may come from a notebook.
            rest = cloudpickle.dumps(replace(self._problem, X=self._problem.X[:0]))
            self._control.send(forkserver.LoadProblem(rest, (shape[0], shape[1])))
            send_handle(self._control, self._matrix, self._server.pid)

    def _watch_memory(self) -> None:
        """Kill the greediest trial when all of them and the server together pass the limit."""
        by_pid = {c.pid: number for number, c in self._children.items() if c.pid is not None}
        for pid, number in by_pid.items():
            child = self._children[number]
            child.peak_mb = max(child.peak_mb, resident_mb(pid))
        if not by_pid:
            return
        used = self._memory.excess([self._server.pid, *by_pid])
        own = {by_pid[pid]: mb for pid, mb in used.items() if pid in by_pid}
        if own:
            greediest = max(own, key=lambda number: own[number])
            self.kill(
                greediest,
                f"it used {own[greediest]:.0f} MB, more than the limit of "
                f"{self._memory_limit_mb:.0f} MB for all trials allows",
            )

    def _restart(self) -> None:
        if self._restarts >= _MAX_RESTARTS:
            raise RuntimeError("The trial server ended four times; see the system's log for why.")
        self._restarts += 1
        self._control.close()
        self._listening = False
        self._server, self._control = _start_server()


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start_server() -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = Pipe(duplex=True)
    environment = {
        **os.environ,
        # One thread: a fork would not survive a second one. Trials set their own number.
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        "PYTHONPATH": os.pathsep.join(_import_paths()),
        "PYTHONWARNINGS": "ignore",
    }
    arguments = [sys.executable, "-c", _START, str(theirs.fileno()), str(os.getpid())]
    server = subprocess.Popen(
        arguments,
        pass_fds=[theirs.fileno()],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    return server, ours


def _import_paths() -> Iterable[str]:
    """The paths this process imports from, so that the trials find the same modules."""
    return [path or os.getcwd() for path in sys.path]  # noqa: PTH109  (sys.path holds strings)
