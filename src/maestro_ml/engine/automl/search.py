"""The search loop: starts trials within time and memory, and collects their outcomes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from maestro_ml.engine.automl.agenda import Agenda, Planned
from maestro_ml.engine.automl.calibration import PROBABILITY_METRICS, fit_temperature, temper
from maestro_ml.engine.automl.cost import CostModel
from maestro_ml.engine.automl.finished import (
    MOST_CONTENDERS,
    FinishedTrial,
    affordable,
    contenders,
)
from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.progress import Progress
from maestro_ml.engine.automl.result import Skipped
from maestro_ml.engine.automl.runner import Ended, TrialRunner
from maestro_ml.engine.automl.scores import mean_score, standard_error
from maestro_ml.engine.automl.trial import TrialOutcome

_POLL_SECONDS = 0.05
# No single configuration may take more of the time than this, however slow the table makes it.
_TRIAL_SHARE = 0.35
_MIN_TRIAL_SECONDS = 2.0
# A learner that stops early is given up on only when it could make a fifth of its rounds.
_USEFUL_SHARE = 0.2
# So many times too dear may an estimate be that no trial has confirmed.
_UNTRIED = 3.0
# When so much of the time is gone, the best so far are carried on before anything else is begun.
_LOOKING_SHARE = 0.4
# The rest of the folds should get models like that of the first.
_REST_SHARE = 0.7
# Models are given up so many at a time.
_FREED_AT_ONCE = 8
# Forests of large trees take hundreds of megabytes each.
_MOST_MODEL_BYTES = 750_000_000


@dataclass
class _Running:
    planned: Planned
    started: float
    deadline: float


@dataclass
class Search:
    """Runs an agenda's trials within limits; times are on the time.monotonic() clock.

    `before` holds the whole trials of an earlier layer.
    """

    problem: Problem
    agenda: Agenda
    runner: TrialRunner
    parallel: int
    deadline: float
    progress: Progress
    should_stop: Callable[[], bool]
    before: Sequence[FinishedTrial] = ()
    finished: list[FinishedTrial] = field(default_factory=list)
    without_score: list[Skipped] = field(default_factory=list)
    stopped: bool = False
    _running: dict[int, _Running] = field(default_factory=dict)
    _begun: dict[int, FinishedTrial] = field(default_factory=dict)

    def run(self) -> None:
        """Evaluate until the agenda is done, time is over, or the caller wants to stop."""
        self._cost = CostModel(self.problem)
        share = _TRIAL_SHARE * (self.deadline - time.monotonic())
        self._trial_seconds = max(share, _MIN_TRIAL_SECONDS)
        self._looks_end = (1 - _LOOKING_SHARE) * (self.deadline - time.monotonic())
        while True:
            self.stopped = self.stopped or self.should_stop()
            if self.stopped or time.monotonic() >= self.deadline:
                break
            self._start_some()
            if not self._running and (self.runner.ready or self.agenda.over):
                break
            for ended in self.runner.collect(_POLL_SECONDS):
                self._finish(ended)
            self._kill_overdue()
        self._give_up()
        self.finished.sort(key=lambda trial: trial.order)

    def _start_some(self) -> None:
        while self.runner.ready and len(self._running) < self.parallel:
            left = self.deadline - time.monotonic()
            planned = self.agenda.next(
                self._fits(min(left, self._trial_seconds)), look=left > self._looks_end
            )
            if planned is None:
                return
            if self._affordable(planned, left):
                self._start(planned, min(left, self._seconds_for(planned)))

    def _fits(self, seconds: float) -> Callable[[Candidate], bool]:
        def fits(candidate: Candidate) -> bool:
            guess = 1.0 if self._cost.knows(candidate.family) else _UNTRIED
            return self._cost.estimate(candidate) <= seconds * guess

        return fits

    def _start(self, planned: Planned, seconds: float) -> None:
        now = time.monotonic()
        self.runner.start(planned, seconds)
        self._running[planned.number] = _Running(planned, now, now + seconds)
        if planned.number not in self._begun:
            self.progress.trial_started(planned.candidate)

    def _seconds_for(self, planned: Planned) -> float:
        share = len(planned.folds) / len(self.problem.folds)
        return max(_MIN_TRIAL_SECONDS, self._trial_seconds * max(share, _TRIAL_SHARE))

    def _affordable(self, planned: Planned, left: float) -> bool:
        candidate = planned.candidate
        expected = self._cost.estimate(candidate, len(planned.folds))
        if planned.refined and expected > left:
            # What is cut short tells nothing, and the rest of the time is the ensemble's.
            self.agenda.end()
            return False
        useful = _REST_SHARE if planned.number in self._begun else _USEFUL_SHARE
        needed = expected * (useful if candidate.anytime else 1.0)
        # Before the first result the estimate is no more than a guess, and a guess is worth a try.
        if needed <= left * (1.0 if self.finished or self._begun else _UNTRIED):
            return True
        if planned.number not in self._begun:
            left = max(left, 0.0)
            self._skip(candidate, f"it needs about {needed:.1f} s and {left:.1f} s are left")
        self.agenda.learn(planned.number, candidate, ())
        return False

    def _finish(self, ended: Ended) -> None:
        running = self._running.pop(ended.number, None)
        if running is None:  # one that the layer before gave up on
            return
        planned, result = running.planned, ended.result
        candidate = planned.candidate
        if result is None or result.outcome is None:
            self._begun.pop(ended.number, None)
            scores = result.fold_scores if result else ()
            self.agenda.learn(ended.number, candidate, scores)
            (self._skip if scores else self._fail)(candidate, ended.reason)
            return
        self._cost.observe(candidate, len(planned.folds), ended.seconds)
        trial = FinishedTrial(ended.number, candidate, result.outcome, ended.peak_mb)
        if begun := self._begun.pop(ended.number, None):
            trial = begun.with_rest(trial)
        scores = trial.outcome.fold_scores
        if len(scores) < len(self.problem.folds):
            self._begun[ended.number] = trial
            self.agenda.look(ended.number, candidate, self._promise(trial.outcome))
            return
        self.agenda.learn(ended.number, candidate, scores)
        self.finished.append(trial)
        self._free_memory()
        error = standard_error(scores)
        self.progress.trial_finished(candidate, trial.score, error, trial.outcome.fit_seconds)

    def _promise(self, outcome: TrialOutcome) -> float:
        """The score of a first part, as it would be in the ensemble."""
        metric, rows = self.problem.metric, np.flatnonzero(outcome.asked)
        if metric.name not in PROBABILITY_METRICS:
            return mean_score(outcome.fold_scores)
        y, predictions = self.problem.y[rows], outcome.predictions[rows]
        score = metric.score(y, temper(predictions, fit_temperature(y, predictions)))
        return mean_score((score,))

    def _free_memory(self) -> None:
        """Long searches make more models than memory holds."""
        usable = [trial for trial in self.finished if trial.usable]
        kept = contenders(usable, MOST_CONTENDERS)
        heavy = sum(trial.outcome.size_bytes for trial in usable) > _MOST_MODEL_BYTES
        if heavy or len(usable) >= len(kept) + _FREED_AT_ONCE:
            orders = {trial.order for trial in affordable(kept, _MOST_MODEL_BYTES)}
            self.finished = [
                trial if trial.order in orders else trial.without_models()
                for trial in self.finished
            ]

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for number, running in self._running.items():
            if now >= running.deadline:
                seconds = running.deadline - running.started
                self.runner.kill(number, f"it was not done after its {seconds:.1f} s")

    def _give_up(self) -> None:
        why = "the search was stopped" if self.stopped else "the time budget was used up"
        for number, running in self._running.items():
            self.runner.kill(number, why)
            if number not in self._begun:
                self._fail(running.planned.candidate, why)
        self._running.clear()
        self._close_begun(why)
        for candidate in self.agenda.pending:
            self._skip(candidate, why)

    def _close_begun(self, why: str) -> None:
        """First parts are not comparable with whole trials; they count when there is no other."""
        whole = [*self.before, *self.finished]
        best = max(whole, key=lambda trial: trial.score, default=None)
        for trial in self._begun.values():
            if best is None:
                self.finished.append(trial)
                seconds = trial.outcome.fit_seconds
                self.progress.trial_finished(trial.candidate, trial.score, float("nan"), seconds)
                continue
            self.without_score.append(_looked(trial, best, why))
            self.progress.trial_skipped(trial.candidate, self.without_score[-1].reason)
        self._begun.clear()

    def _skip(self, candidate: Candidate, reason: str) -> None:
        self._list(candidate, reason, started=False)
        self.progress.trial_skipped(candidate, reason)

    def _fail(self, candidate: Candidate, reason: str) -> None:
        self._list(candidate, reason, started=True)
        self.progress.trial_failed(candidate, reason)

    def _list(self, candidate: Candidate, reason: str, *, started: bool) -> None:
        params = dict(candidate.params)
        self.without_score.append(
            Skipped(candidate.name, candidate.family, reason, params, started)
        )


def _looked(trial: FinishedTrial, best: FinishedTrial, why: str) -> Skipped:
    """A trial that had a first look only, judged by the best on the same folds."""
    done, all_folds = len(trial.outcome.fold_scores), len(best.outcome.fold_scores)
    behind = max(0.0, mean_score(best.outcome.fold_scores[:done]) - trial.score)
    looked = f"it scored {trial.score:.4g} on {done} of {all_folds} folds"
    return Skipped(
        trial.candidate.name,
        trial.candidate.family,
        f"{looked}, others promised more, and {why}",
        dict(trial.candidate.params),
        expected=best.score - behind if np.isfinite(behind) else None,
        fit_seconds=trial.outcome.fit_seconds * all_folds / done,
    )
