"""Runs trials on a Ray cluster: the same trials, on the cluster's cores."""

import pickle
import socket
import time
from dataclasses import dataclass, replace
from typing import Any, Self

import cloudpickle
import ray

from maestro_ml.engine.automl.agenda import Planned
from maestro_ml.engine.automl.errors import ClusterUnavailableError
from maestro_ml.engine.automl.forkserver import evaluate, preload
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.runner import Ended, TrialResult
from maestro_ml.engine.automl.tasks import FloatArray

# A busy cluster may never give all its cores at once: the first trials wait so long for the others.
_PATIENCE = 5.0


@dataclass
class _Task:
    answer: Any
    started: float
    killed_because: str = ""


class RayTrials:
    """Trials as tasks of a Ray cluster; the problem is put there once, and nodes share it.

    Each trial reserves its threads as cores; Ray ends a trial that its node has no memory for. A
    connection that is open already is used, and left open.
    """

    def __init__(self, address: str) -> None:
        """Connect. Raises ClusterUnavailableError."""
        self._own = not ray.is_initialized()
        if self._own:
            try:
                _knock(address)
                ray.init(address=address, log_to_driver=False, configure_logging=False)
            except (OSError, RuntimeError, ValueError) as error:
                raise ClusterUnavailableError(
                    f"There is no Ray cluster at '{address}' ({error}). Start one with `ray start "
                    "--head` and give its address, or leave the address out."
                ) from error
        self._trial = ray.remote(max_retries=0)(_evaluate)
        self._warm_up = ray.remote(max_retries=0)(preload)
        self._warming: list[Any] = []
        self._first_warm: float | None = None
        self._problem: Any = None
        self._threads = 1
        self._tasks: dict[int, _Task] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for number in list(self._tasks):
            self.kill(number, "the search is over")
        for each in self._warming:
            ray.cancel(each, force=True)
        self._tasks.clear()
        self._problem = None
        if self._own:
            ray.shutdown()

    def load(self, problem: Problem) -> Problem:
        """Put the problem into the cluster's object store, and load the libraries there."""
        if self._problem is None:
            self._warming = [self._warm_up.remote() for _ in range(self.cores)]
        rest = cloudpickle.dumps(replace(problem, X=problem.X[:0]))
        self._problem = ray.put((rest, problem.X))
        self._threads = problem.threads
        return problem

    @property
    def cores(self) -> int:
        """Cores of the whole cluster."""
        return max(1, int(ray.cluster_resources().get("CPU", 1)))

    @property
    def ready(self) -> bool:
        """True when workers have loaded the libraries: all of them, or those that soon did."""
        if self._problem is None:
            return False
        if self._warming:
            done, self._warming = ray.wait(
                self._warming, num_returns=len(self._warming), timeout=0, fetch_local=False
            )
            if done and self._first_warm is None:
                self._first_warm = time.monotonic()
        late = self._first_warm and time.monotonic() > self._first_warm + _PATIENCE
        return not self._warming or bool(late)

    def start(self, planned: Planned, seconds: float) -> None:
        """Begin a trial as soon as the cluster has the cores for it."""
        task = self._trial.options(num_cpus=self._threads)
        answer = task.remote(self._problem, cloudpickle.dumps(planned), seconds)
        self._tasks[planned.number] = _Task(answer, time.monotonic())

    def kill(self, number: int, reason: str) -> None:
        """End a trial with its process; it is reported by `collect` with this reason."""
        task = self._tasks[number]
        task.killed_because = task.killed_because or reason
        ray.cancel(task.answer, force=True)

    def collect(self, seconds: float) -> list[Ended]:
        """Trials that ended, waiting up to `seconds` for the first."""
        if not self._tasks:
            time.sleep(seconds)
            return []
        numbers = {task.answer: number for number, task in self._tasks.items()}
        done, _ = ray.wait(list(numbers), num_returns=1, timeout=seconds)
        return [self._end(numbers[answer]) for answer in done]

    def _end(self, number: int) -> Ended:
        task = self._tasks.pop(number)
        seconds = time.monotonic() - task.started
        result: TrialResult | None = None
        why = task.killed_because
        try:
            result = ray.get(task.answer)
        except ray.exceptions.OutOfMemoryError:
            why = why or "its node ran out of memory"
        except ray.exceptions.RayTaskError as error:
            why = why or f"its node could not run it: {str(error).strip().splitlines()[-1]}"
        except ray.exceptions.RayError:
            why = why or "its process crashed"
        if why or result is None:
            return Ended(number, None, why, 0.0, seconds)
        return Ended(number, result, result.error, result.peak_mb, seconds)


def _knock(address: str) -> None:
    """Raise OSError where nobody listens: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


def _evaluate(stored: tuple[bytes, FloatArray], planned: bytes, seconds: float) -> TrialResult:
    rest, matrix = stored
    problem: Problem = pickle.loads(rest)  # noqa: S301  (the search's own)
    return evaluate(planned, replace(problem, X=matrix), seconds)
