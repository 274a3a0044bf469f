"""Runs the rows against both servers in turn and judges them."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any, TypeVar

import uvloop

from bench.tracking.load import Seen, drive
from bench.tracking.rows import MIXED, ROWS, SEARCHES, Row
from bench.tracking.scenarios import Facts, Scenarios
from bench.tracking.seeding import search_experiment, seed
from bench.tracking.servers import Contender
from bench.tracking.storage import bytes_per_point
from bench.tracking.table import Line, Table

Result = TypeVar("Result")
POINTS = 10_000
STEADY_CLIENTS = 1000
_WARM = 0.2


@dataclass(frozen=True)
class Effort:
    """How long and how often to measure, and on how much."""

    seconds: float
    turns: int
    runs: int
    many_runs: int
    steps: int


@dataclass
class Measurement:
    """One run of the benchmark."""

    ours: Contender
    peer: Contender | None
    effort: Effort
    table: Table
    _facts: dict[str, Facts] = field(default_factory=dict)
    _ours: dict[str, float] = field(default_factory=dict)
    _theirs: dict[str, float] = field(default_factory=dict)

    def run(self, chosen: frozenset[str]) -> None:
        """Measure the rows with these keys."""
        for contender in self._contenders():
            self.table.note(
                f"{contender.name}: {contender.server.url}, process {contender.process.pid}; "
                f"filling it with {self.effort.runs:,} runs"
            )
            self._facts[contender.name] = _do(seed(contender.server, self.effort.runs, POINTS))
            contender.settle()
        self.table.head()
        if "bytes_per_point" in chosen:
            self._bytes_per_point()
        for row in ROWS:
            if row.key in chosen:
                self._row(row)
        if "memory" in chosen:
            self._memory()
        if "steady" in chosen:
            self._steady()
        if "search_many" in chosen:
            self._search_many()

    def _contenders(self) -> list[Contender]:
        return [self.ours] if self.peer is None else [self.ours, self.peer]

    def _drive(self, contender: Contender, row: Row, rate: float | None = None) -> Seen:
        scenario = Scenarios(self._facts[contender.name])[row.scenario]
        for each in self._contenders():
            each.rest()
        before = contender.cpu_seconds()
        seen = _do(
            drive(
                contender.server,
                scenario,
                clients=row.clients,
                seconds=self.effort.seconds * row.longer,
                warm=row.longer,
                rate=rate,
            )
        )
        seen.cpu_seconds = contender.cpu_seconds() - before
        return seen

    def _row(self, row: Row) -> None:
        seen: dict[str, list[Seen]] = {each.name: [] for each in self._contenders()}
        for contender in self._contenders():
            # What is loaded for the first request of a kind, by both, is no part of the others.
            self._drive(contender, replace(row, longer=_WARM))
        for _ in range(self.effort.turns):
            for contender in self._contenders():
                seen[contender.name].append(self._drive(contender, row))
        figures = {name: median(map(row.figure.of, turns)) for name, turns in seen.items()}
        ours, theirs = figures[self.ours.name], figures.get("MLflow")
        self._ours[row.key] = ours
        if theirs is not None:
            self._theirs[row.key] = theirs
        ratio = row.figure.ratio(ours, theirs) if theirs is not None else float("nan")
        cpu = {name: median(turn.cpu_ms for turn in turns) for name, turns in seen.items()}
        errors = sum(turn.errors for turn in seen[self.ours.name])
        self.table.add(
            Line(
                row.key,
                row.title,
                row.clients,
                ours,
                theirs,
                row.figure.unit,
                ratio,
                row.required,
                note=_note(seen),
                met=errors == 0 and (theirs is None or ratio >= row.required),
                cpu_ms=cpu[self.ours.name],
                their_cpu_ms=cpu.get("MLflow"),
            )
        )

    def _bytes_per_point(self) -> None:
        sizes = {
            each.name: _do(bytes_per_point(each, self._facts[each.name].writing, self.effort.steps))
            for each in self._contenders()
        }
        self._less("bytes_per_point", "kept for a point of a finished run", "bytes", sizes, 5)

    def _memory(self) -> None:
        sizes = {each.name: each.memory_mb() for each in self._contenders()}
        self._less("memory", "memory of the server's processes after that", "MB", sizes, 5)

    def _less(
        self, key: str, title: str, unit: str, figures: dict[str, float], required: float
    ) -> None:
        ours, theirs = figures[self.ours.name], figures.get("MLflow")
        ratio = float("nan") if theirs is None else theirs / ours
        met = theirs is None or ratio >= required
        self.table.add(Line(key, title, None, ours, theirs, unit, ratio, required, met=met))

    def _steady(self) -> None:
        """Ten times what saturates MLflow, as it comes, whether answers do or not."""
        saturation = max((self._theirs.get(key, 0.0) for key in MIXED), default=0.0)
        if not saturation:
            self.table.note("the steady load is ten times MLflow's saturation: measure that first")
            return
        row = next(row for row in ROWS if row.key == MIXED[-1])
        seen = self._drive(self.ours, row, rate=10 * saturation)
        for share, limit in ((0.95, 200.0), (0.99, 500.0)):
            value = seen.percentile(share)
            title = f"mixed load of {10 * saturation:,.0f} ops/s (10 times MLflow's saturation)"
            self.table.add(
                Line(
                    f"steady_p{share * 100:.0f}",
                    title,
                    STEADY_CLIENTS,
                    value,
                    None,
                    f"ms P{share * 100:.0f}",
                    limit / value,
                    1,
                    note=f"{seen.rate:,.0f} ops/s done; " + _note({self.ours.name: [seen]}),
                    met=value < limit and seen.errors == 0 and seen.shed == 0,
                )
            )

    def _search_many(self) -> None:
        """Ours alone: ten times the runs must not cost twice the time."""
        facts = self._facts[self.ours.name]
        self.table.note(f"filling Maestro with {self.effort.many_runs:,} runs")
        _do(search_experiment(self.ours.server, facts, self.effort.many_runs))
        self.ours.settle()
        for row in (row for row in ROWS if row.key in SEARCHES):
            value = median(
                row.figure.of(self._drive(self.ours, row)) for _ in range(self.effort.turns)
            )
            before = self._ours.get(row.key, float("nan"))
            self.table.add(
                Line(
                    f"{row.key}_many",
                    f"{row.title}, {self.effort.many_runs:,} runs",
                    row.clients,
                    value,
                    None,
                    row.figure.unit,
                    before / value,
                    0.5,
                    note=f"{before:.3g} at {self.effort.runs:,}",
                    met=value <= 2 * before,
                )
            )


def _do(work: Coroutine[Any, Any, Result]) -> Result:
    return uvloop.run(work)


def _note(seen: dict[str, list[Seen]]) -> str:
    told = []
    for name, turns in seen.items():
        errors, shed = sum(turn.errors for turn in turns), sum(turn.shed for turn in turns)
        if shed:
            told.append(f"{name}: {shed:,} sent away with 429")
        if errors:
            sample = next((text for turn in turns for text in turn.samples), "")
            told.append(f"{name}: {errors:,} errors, such as {sample[:120]}")
    return "; ".join(told)
