"""What is known of what is watched, and how it looks: as a picture, or as a line for each event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from maestro_ml.cli.cells import cell, clock, duration
from maestro_ml.cli.watching.traces import Trace
from maestro_ml.contracts.live import PointsAdded, RunChanged, RunsChanged
from maestro_ml.contracts.tracking import Lifecycle, MetricHistory, Run, RunId, RunStatus
from maestro_ml.sdk.resources.experiments import RunsEvent
from maestro_ml.sdk.resources.runs import RunEvent

_MOST_RUNS = 100
_STYLES = {
    RunStatus.RUNNING: "cyan",
    RunStatus.FINISHED: "green",
    RunStatus.FAILED: "red",
    RunStatus.KILLED: "yellow",
}


class Picture(NamedTuple):
    """A heading of cells with styles, and a table below it."""

    title: Sequence[tuple[str, str]]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


class RunView:
    """One run with the shapes of its metrics."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._traces: defaultdict[str, Trace] = defaultdict(Trace)

    def add(self, series: Iterable[MetricHistory]) -> None:
        """Take in points."""
        for each in series:
            self._traces[each.key].add(zip(each.steps, each.values, strict=True))

    def replace(self, series: Iterable[MetricHistory]) -> None:
        """Take in whole histories, in the place of what is known of these metrics."""
        for each in series:
            self._traces[each.key] = Trace()
            self.add([each])

    def picture(self, width: int) -> Picture:
        """Each metric with its latest value and its shape, those of the machine last."""
        run = self.run
        ended = run.ended_at or datetime.now(UTC)
        title = [
            (run.name, "bold"),
            (run.status.value, _STYLES.get(run.status, "")),
            (duration((ended - run.started_at).total_seconds()), "dim"),
        ]
        rows = []
        for key in sorted(self._traces, key=lambda key: (not _is_own(key), key)):
            latest = self._traces[key].latest
            if latest is not None:
                step, value = latest
                line = self._traces[key].line(max(8, min(40, width - 48)))
                rows.append([cell(key), cell(value), cell(step), line])
        return Picture(title, ["Metric", "Value", "Step", "Trend"], rows)

    def lines(self, event: RunEvent) -> Iterator[str]:
        """What an event has brought: the latest points, or where the run stands."""
        if isinstance(event, RunChanged):
            yield f"{clock()}  {cell(self.run.name)}  {self.run.status.value}"
        elif isinstance(event, PointsAdded):
            own = {s.key: (s.steps[-1], s.values[-1]) for s in event.series if _is_own(s.key)}
            if own:
                step = max(step for step, _ in own.values())
                told = _values({key: value for key, (_, value) in own.items()})
                yield f"{clock()}  step {step}  {told}"


class ExperimentView:
    """The runs of an experiment, those that changed last."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._runs: dict[RunId, Run] = {}
        self._traces: defaultdict[tuple[RunId, str], Trace] = defaultdict(Trace)
        self._told = 0

    def put(self, runs: Iterable[Run], gone: Iterable[RunId] = ()) -> None:
        """Take in runs as they are now; values of metrics become shapes with time."""
        for run in runs:
            before = self._runs.pop(run.id, None)
            self._runs[run.id] = run
            self._told += 1
            for key, value in run.metrics.items():
                if before is None or before.metrics.get(key) != value:
                    self._traces[run.id, key].add([(self._told, value)])
        for id in [*gone, *[*self._runs][:-_MOST_RUNS]]:
            self._runs.pop(id, None)
        self._traces = defaultdict(
            Trace, {key: each for key, each in self._traces.items() if key[0] in self._runs}
        )

    def picture(self, width: int) -> Picture:
        """The runs that go on first; each with a few metrics."""
        runs = sorted(
            (run for run in self._runs.values() if run.lifecycle is Lifecycle.ACTIVE),
            key=lambda run: (not run.status.final, run.started_at),
            reverse=True,
        )
        going = sum(not run.status.final for run in runs)
        keys = _common(runs)[: max(1, (width - 34) // 20)]
        rows = [
            [cell(run.name), run.status.value, *(self._shape(run, key) for key in keys)]
            for run in runs
        ]
        title = [(self._name, "bold"), (f"{going} running", "cyan" if going else "dim")]
        return Picture(title, ["Run", "Status", *map(cell, keys)], rows)

    def _shape(self, run: Run, key: str) -> str:
        value = run.metrics.get(key)
        return "" if value is None else f"{cell(value)} {self._traces[run.id, key].line(8)}"

    def lines(self, event: RunsEvent) -> Iterator[str]:
        """One for each run that an event is about."""
        if not isinstance(event, RunsChanged):
            return
        for run in event.runs:
            state = run.status.value if run.lifecycle is Lifecycle.ACTIVE else "in the trash"
            own = {key: value for key, value in run.metrics.items() if _is_own(key)}
            yield f"{clock()}  {cell(run.name)}  {state}  {_values(own)}".rstrip()
        for id in event.gone:
            yield f"{clock()}  {id}  purged"


def _is_own(key: str) -> bool:
    """Whether the training logged it, and not the measurement of the machine."""
    return not key.startswith("system/")


def _common(runs: Iterable[Run]) -> list[str]:
    """The metrics of the training, those that most runs have first."""
    seen: dict[str, int] = {}
    for run in runs:
        for key in run.metrics:
            if _is_own(key):
                seen[key] = seen.get(key, 0) + 1
    return sorted(seen, key=lambda key: (-seen[key], key))


def _values(metrics: dict[str, float]) -> str:
    return "  ".join(f"{cell(key)}={cell(value)}" for key, value in sorted(metrics.items()))
