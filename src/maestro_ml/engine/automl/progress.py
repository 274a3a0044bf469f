"""Turns what happens in a search into events for the callbacks, and keeps the history."""

import time
from collections.abc import Iterable
from typing import Any

from maestro_ml.engine.automl import events
from maestro_ml.engine.automl.events import Callback, SearchEvent
from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.prepare import Prepared
from maestro_ml.engine.automl.result import Evaluation
from maestro_ml.engine.automl.start import StartingOrder


class Progress:
    """Emits events on the caller's thread; `began` is on the time.monotonic() clock."""

    def __init__(self, callbacks: Iterable[Callback], began: float, budget: float) -> None:
        self._callbacks = tuple(callbacks)
        self._began = began
        self._budget = budget
        self._candidates = 0
        self._started = 0
        self._skipped = 0
        self._failed = 0
        self.history: list[Evaluation] = []

    @property
    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self._began

    def search_started(self, prepared: Prepared, order: StartingOrder) -> None:
        """Trials begin: the baseline, then these."""
        problem = prepared.problem
        self._candidates = len(order.candidates) + 1
        self._emit(
            events.SearchStarted,
            task=problem.task.value,
            metric=problem.metric.name,
            rows=len(problem.y),
            features=len(prepared.schema.features),
            candidates=self._candidates,
            budget=self._budget,
            start=order.start,
            warnings=prepared.warnings,
        )

    def trial_started(self, candidate: Candidate) -> None:
        """A trial's process was started."""
        self._started += 1
        self._candidates = max(self._candidates, self._started)
        self._emit(events.TrialStarted, name=candidate.name, family=candidate.family)

    def trial_finished(
        self, candidate: Candidate, score: float, standard_error: float, fit_seconds: float
    ) -> None:
        """A trial has a score; the best is worked out here."""
        best = max([score, *(evaluation.score for evaluation in self.history)])
        self.history.append(Evaluation(candidate.name, self.elapsed, score, best))
        leader = next(evaluation for evaluation in self.history if evaluation.score == best)
        self._emit(
            events.TrialFinished,
            name=candidate.name,
            family=candidate.family,
            params=dict(candidate.params),
            score=score,
            standard_error=standard_error,
            fit_seconds=fit_seconds,
            best_name=leader.name,
            best_score=best,
            finished=len(self.history),
            candidates=self._candidates,
        )

    def trial_failed(self, candidate: Candidate, reason: str) -> None:
        """A trial ended without a score."""
        self._failed += 1
        self._emit(events.TrialFailed, name=candidate.name, family=candidate.family, reason=reason)

    def trial_skipped(self, candidate: Candidate, reason: str) -> None:
        """A candidate was not started."""
        self._skipped += 1
        self._emit(events.TrialSkipped, name=candidate.name, family=candidate.family, reason=reason)

    def ensemble_built(self, score: float, weights: dict[str, float]) -> None:
        """The final mixture is known."""
        self._emit(events.EnsembleBuilt, score=score, weights=weights)

    def search_finished(self, best_name: str, best_score: float, *, stopped: bool) -> None:
        """The result is ready."""
        self._emit(
            events.SearchFinished,
            best_name=best_name,
            best_score=best_score,
            finished=len(self.history),
            failed=self._failed,
            skipped=self._skipped,
            stopped=stopped,
        )

    def _emit(self, kind: type[SearchEvent], **details: Any) -> None:
        elapsed = self.elapsed
        event = kind(elapsed=elapsed, fraction=min(1.0, elapsed / self._budget), **details)
        for callback in self._callbacks:
            callback(event)
