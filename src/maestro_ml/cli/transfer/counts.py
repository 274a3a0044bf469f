"""How much there is on each side of a transfer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

MAX_FAILURES = 100


@dataclass
class Counts:
    """One side; `points` are points of metrics, each counted once."""

    experiments: int = 0
    experiment_tags: int = 0
    runs: int = 0
    deleted_runs: int = 0
    params: int = 0
    metrics: int = 0
    points: int = 0
    tags: int = 0
    inputs: int = 0
    outputs: int = 0
    logged_models: int = 0
    artifacts: int = 0
    artifact_bytes: int = 0
    models: int = 0
    versions: int = 0
    aliases: int = 0

    def add(self, other: Counts) -> None:
        """Add what another part counted."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass
class Report:
    """Both sides, and what could not be brought over."""

    source: Counts = field(default_factory=Counts)
    target: Counts = field(default_factory=Counts)
    failures: list[str] = field(default_factory=list)
    failed: int = 0

    def add(self, what: str, there: Counts, here: Counts, failures: list[str]) -> None:
        """Add what became of one thing."""
        self.source.add(there)
        self.target.add(here)
        for failure in failures:
            self.fail(f"{what}: {failure}")

    def fail(self, what: str) -> None:
        """Note that something did not arrive; the first hundred are kept in words."""
        self.failed += 1
        if len(self.failures) < MAX_FAILURES:
            self.failures.append(what)

    @property
    def agrees(self) -> bool:
        """Whether everything that was there is here."""
        return self.failed == 0 and self.source == self.target

    def rows(self) -> Iterator[tuple[str, int, int]]:
        """The name of each count with its value on both sides."""
        for each in fields(Counts):
            name = each.name.replace("_", " ")
            yield name, getattr(self.source, each.name), getattr(self.target, each.name)
