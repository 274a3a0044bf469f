"""An AutoML search as a picture: how far it is, how the best score grew, and who leads."""

from __future__ import annotations

import time

from maestro_ml.cli.cells import cell, figure
from maestro_ml.cli.watching.traces import Trace
from maestro_ml.cli.watching.views import Picture
from maestro_ml.contracts.automl import AutoMLProgress
from maestro_ml.contracts.jobs import JobState

_TREND = 24
_STYLES = {
    JobState.RUNNING: "cyan",
    JobState.SUCCEEDED: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "yellow",
}


class SearchView:
    """Follows one search; the seconds are counted here, since clocks of two machines differ."""

    def __init__(self) -> None:
        self._began: float | None = None

    def picture(self, progress: AutoMLProgress, width: int) -> Picture:
        """The leaderboard so far below a line that says where the search stands."""
        title = [
            (f"{progress.request.target} of {progress.dataset}", "bold"),
            (progress.status.value, _STYLES.get(progress.status, "")),
            (self._time(progress), "dim"),
        ]
        if progress.candidates:
            skipped = f", {len(progress.skipped)} skipped" if progress.skipped else ""
            title.append((f"{progress.finished} of {progress.candidates} tried{skipped}", ""))
        trend = Trace()
        trend.add(
            (int(1000 * point.at), point.best)
            for point in progress.history
            if point.best is not None
        )
        title.append((trend.line(min(_TREND, max(8, width - 70))), "green"))
        rows = [
            [
                cell(rank),
                cell(entry.name),
                figure(entry.score),
                figure(entry.standard_error),
                "" if entry.fit_seconds is None else f"{entry.fit_seconds:.1f} s",
                "" if entry.at is None else f"{entry.at:.0f} s",
                cell(entry.family),
            ]
            for rank, entry in enumerate(progress.leaderboard, start=1)
        ]
        score = progress.metric or "Score"
        return Picture(title, ["#", "Model", score, "±", "Fit", "After", "Family"], rows)

    def _time(self, progress: AutoMLProgress) -> str:
        if progress.started_at is None:
            return "waiting for a worker"
        self._began = self._began or time.monotonic()
        return f"{time.monotonic() - self._began:.0f} s of {progress.request.time_budget} s"
