"""Writes a search into tracking while it runs: the search is a run, each finished trial a child run."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from maestro_ml.contracts.tracking import (
    ExperimentId,
    Metric,
    RunBatch,
    RunCreate,
    RunId,
    RunStatus,
)
from maestro_ml.engine.automl import (
    AutoMLResult,
    LeaderboardRow,
    SearchEvent,
    SearchStarted,
    TrialFailed,
    TrialFinished,
    TrialSkipped,
)
from maestro_ml.server.automl.draws import StartDraw
from maestro_ml.server.automl.remembering import to_origin
from maestro_ml.server.jobs import JobContext
from maestro_ml.server.tracking import TrackingService

_SHOWN = 50
_HISTORY = 500


@dataclass
class Recorder:
    """Takes the engine's events on its thread, and writes them on the event loop's."""

    job: JobContext
    tracking: TrackingService
    experiment_id: ExperimentId
    run_id: RunId
    loop: asyncio.AbstractEventLoop
    draw: StartDraw
    run_ids: dict[str, RunId] = field(default_factory=dict)
    failed_at: dict[str, float] = field(default_factory=dict)
    _finished: list[TrialFinished] = field(default_factory=list)
    _without_score: list[dict[str, str]] = field(default_factory=list)
    _metric: str = "score"
    _candidates: int = 0
    _start: dict[str, Any] | None = None
    _warnings: tuple[str, ...] = ()
    _queue: asyncio.Queue[TrialFinished | None] = field(default_factory=asyncio.Queue)

    def on_event(self, event: SearchEvent) -> None:
        """The engine's callback."""
        if isinstance(event, SearchStarted):
            self._metric, self._candidates = event.metric, event.candidates
            self._start = to_origin(event.start, self.draw).model_dump(mode="json")
            self._warnings = event.warnings
            print(f"{event.rows} rows, {event.features} features, {event.task}", flush=True)  # noqa: T201
            print(f"start: {self._start['source']}. {self._start['note']}", flush=True)  # noqa: T201
        elif isinstance(event, TrialFinished):
            self._finished.append(event)
            print(f"{event.elapsed:6.1f} s  {event.score:10.4f}  {event.name}", flush=True)  # noqa: T201
            self.loop.call_soon_threadsafe(self._queue.put_nowait, event)
        elif isinstance(event, TrialFailed | TrialSkipped):
            told = {"name": event.name, "family": event.family, "reason": event.reason}
            self._without_score.append(told)
            self.failed_at[event.name] = event.elapsed
        self._report(event)

    async def write_trials(self) -> None:
        """Write finished trials until `close`."""
        while (event := await self._queue.get()) is not None:
            self.run_ids[event.name] = await self._write(event)

    def close(self) -> None:
        """Let `write_trials` end after what it has been given."""
        self._queue.put_nowait(None)

    async def discard_earlier_attempt(self) -> None:
        """Move the trials of an attempt that was lost to the trash: they will be tried again."""
        async with self.job.unit() as unit:
            while children := (
                await self.tracking.list_children(unit, self.run_id, limit=100, cursor=None)
            ).items:
                for child in children:
                    await self.tracking.delete_run(unit, child.id)

    async def finish(self, result: AutoMLResult, metrics: dict[str, float]) -> None:
        """Complete the trials with what only the end knows, and end the search's own run."""
        async with self.job.unit() as unit:
            for row in result.leaderboard:
                child = self.run_ids.get(row.name)
                if child is not None:
                    await self.tracking.log_batch(unit, child, _details(row))
            await self.tracking.log_batch(unit, self.run_id, RunBatch(metrics=_metrics(metrics)))
            stopped = RunStatus.KILLED if result.stopped else RunStatus.FINISHED
            await self.tracking.finish_run(unit, self.run_id, stopped)

    async def fail(self) -> None:
        """End the search's run as failed."""
        async with self.job.unit() as unit:
            await self.tracking.finish_run(unit, self.run_id, RunStatus.FAILED)

    async def _write(self, event: TrialFinished) -> RunId:
        async with self.job.unit() as unit:
            run = await self.tracking.create_run(
                unit,
                RunCreate(
                    experiment_id=self.experiment_id,
                    name=event.name,
                    parent_run_id=self.run_id,
                    tags={"maestro.family": event.family, "maestro.job_id": str(self.job.job_id)},
                ),
            )
            figures = {
                self._metric: event.score,
                "standard_error": event.standard_error,
                "fit_seconds": event.fit_seconds,
            }
            await self.tracking.log_batch(unit, run.id, RunBatch(metrics=_metrics(figures)))
            await self.tracking.finish_run(unit, run.id)
        return run.id

    def conclude(self, message: str) -> None:
        """The last report: all that was found stays to be listed."""
        self.job.report(1.0, message, self._found())

    def _report(self, event: SearchEvent) -> None:
        self.job.report(min(0.99, event.fraction), _line(event), self._found())

    def _found(self) -> dict[str, object]:
        ranked = sorted(self._finished, key=lambda each: -each.score)[:_SHOWN]
        top = [_entry(each) for each in ranked]
        return {
            "current_best": top[0] if top else None,
            "finished": len(self._finished),
            "candidates": self._candidates,
            "metric": self._metric,
            "leaderboard": top,
            "history": [_point(each) for each in self._finished[-_HISTORY:]],
            "skipped": self._without_score[:_SHOWN],
            "start": self._start,
            "warnings": self._warnings,
        }


def _entry(event: TrialFinished) -> dict[str, Any]:
    """A line of the live leaderboard; JSON knows no NaN."""
    return {
        "name": event.name,
        "family": event.family,
        "score": _known(event.score),
        "standard_error": _known(event.standard_error),
        "fit_seconds": round(event.fit_seconds, 3),
        "at": round(event.elapsed, 3),
        "params": event.params,
    }


def _point(event: TrialFinished) -> dict[str, Any]:
    return {
        "name": event.name,
        "family": event.family,
        "at": round(event.elapsed, 3),
        "fit_seconds": round(event.fit_seconds, 3),
        "score": _known(event.score),
        "best": _known(event.best_score),
    }


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None


def _line(event: SearchEvent) -> str:
    name = getattr(event, "name", "")
    words: dict[str, Callable[[], str]] = {
        "SearchStarted": lambda: "reading the table",
        "TrialStarted": lambda: f"trying {name}",
        "TrialFinished": lambda: f"tried {name}",
        "TrialFailed": lambda: f"{name} failed",
        "TrialSkipped": lambda: f"skipped {name}",
        "EnsembleBuilt": lambda: "built the ensemble",
        "SearchFinished": lambda: "registering the winner",
    }
    return words.get(type(event).__name__, lambda: "searching")()


def _metrics(figures: dict[str, float]) -> list[Metric]:
    return [Metric(key=key, value=value) for key, value in figures.items()]


def _details(row: LeaderboardRow) -> RunBatch:
    figures = {
        "predict_ms_per_1000": row.predict_ms_per_1000,
        "memory_mb": row.memory_mb,
        "size_bytes": float(row.size_bytes),
        "weight": row.weight,
    }
    return RunBatch(
        metrics=_metrics(figures),
        params={str(key): _short(value) for key, value in row.params.items()},
        tags={"maestro.status": row.status},
    )


def _short(value: Any) -> str:
    return str(value)[:6000]
