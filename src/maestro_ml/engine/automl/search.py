"""The search loop: starts trials in order, within time and memory, and collects their outcomes."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from maestro_ml.engine.automl.cost import CostModel
from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.processes import Ended, TrialProcesses
from maestro_ml.engine.automl.progress import Progress
from maestro_ml.engine.automl.result import Skipped
from maestro_ml.engine.automl.scores import mean_score, standard_error
from maestro_ml.engine.automl.trial import TrialOutcome

_POLL_SECONDS = 0.05
# No single configuration may take more of the time than this, however slow the table makes it.
_TRIAL_SHARE = 0.35
_MIN_TRIAL_SECONDS = 2.0
# A learner that stops early is given up on only when it could make a fifth of its rounds.
_USEFUL_SHARE = 0.2


@dataclass(frozen=True)
class FinishedTrial:
    """A candidate with its out-of-fold predictions; `order` is its place in the portfolio."""

    order: int
    candidate: Candidate
    outcome: TrialOutcome
    memory_mb: float

    @property
    def score(self) -> float:
        """Mean score over the folds."""
        return mean_score(self.outcome.fold_scores)


@dataclass
class _Running:
    candidate: Candidate
    started: float
    deadline: float


@dataclass
class Search:
    """One pass over the candidates; times are on the time.monotonic() clock."""

    problem: Problem
    candidates: Sequence[tuple[int, Candidate]]
    processes: TrialProcesses
    parallel: int
    deadline: float
    progress: Progress
    should_stop: Callable[[], bool]
    finished: list[FinishedTrial] = field(default_factory=list)
    without_score: list[Skipped] = field(default_factory=list)
    stopped: bool = False
    _running: dict[int, _Running] = field(default_factory=dict)

    def run(self) -> None:
        """Evaluate until all candidates are done, time is over, or the caller wants to stop."""
        self._cost = CostModel(self.problem)
        share = _TRIAL_SHARE * (self.deadline - time.monotonic())
        self._trial_seconds = max(share, _MIN_TRIAL_SECONDS)
        pending = deque(self.candidates)
        while pending or self._running:
            self.stopped = self.stopped or self.should_stop()
            if self.stopped or time.monotonic() >= self.deadline:
                break
            self._start_some(pending)
            for ended in self.processes.collect(_POLL_SECONDS):
                self._finish(ended)
            self._kill_overdue()
        self._give_up(pending)
        self.finished.sort(key=lambda trial: trial.order)

    def _start_some(self, pending: deque[tuple[int, Candidate]]) -> None:
        while pending and self.processes.ready and len(self._running) < self.parallel:
            number, candidate = self._next(pending)
            left = self.deadline - time.monotonic()
            expected = self._cost.estimate(candidate)
            needed = expected * (_USEFUL_SHARE if candidate.anytime else 1.0)
            if needed > left:
                self._skip(
                    candidate, f"it needs about {needed:.1f} s and {max(left, 0.0):.1f} s are left"
                )
                continue
            seconds = min(left, self._trial_seconds)
            self.processes.start(number, candidate, seconds)
            now = time.monotonic()
            self._running[number] = _Running(candidate, now, now + seconds)
            self.progress.trial_started(candidate)

    def _next(self, pending: deque[tuple[int, Candidate]]) -> tuple[int, Candidate]:
        """The first that fits its share of the time; what does not waits until the others ran."""
        fits = (p for p in pending if self._cost.estimate(p[1]) <= self._trial_seconds)
        chosen = next(fits, pending[0])
        pending.remove(chosen)
        return chosen

    def _finish(self, ended: Ended) -> None:
        running = self._running.pop(ended.number)
        if ended.result is None or ended.result.outcome is None:
            self._fail(running.candidate, ended.reason)
            return
        self._cost.observe(running.candidate, time.monotonic() - running.started)
        trial = FinishedTrial(ended.number, running.candidate, ended.result.outcome, ended.peak_mb)
        self.finished.append(trial)
        error = standard_error(trial.outcome.fold_scores)
        self.progress.trial_finished(
            running.candidate, trial.score, error, trial.outcome.fit_seconds
        )

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for number, running in self._running.items():
            if now >= running.deadline:
                seconds = running.deadline - running.started
                self.processes.kill(number, f"it was not done after its {seconds:.1f} s")

    def _give_up(self, pending: deque[tuple[int, Candidate]]) -> None:
        why = "the search was stopped" if self.stopped else "the time budget was used up"
        for number, running in self._running.items():
            self.processes.kill(number, why)
            self._fail(running.candidate, why)
        self._running.clear()
        for _, candidate in pending:
            self._skip(candidate, why)
        pending.clear()

    def _skip(self, candidate: Candidate, reason: str) -> None:
        self.without_score.append(Skipped(candidate.name, candidate.family, reason))
        self.progress.trial_skipped(candidate, reason)

    def _fail(self, candidate: Candidate, reason: str) -> None:
        self.without_score.append(Skipped(candidate.name, candidate.family, reason))
        self.progress.trial_failed(candidate, reason)
