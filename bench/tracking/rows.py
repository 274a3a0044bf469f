"""The rows of the table: what is measured, on how many clients, and what ours must be worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.tracking.load import Seen


@dataclass(frozen=True)
class Figure:
    """A number that a measurement ends in; `more_is_better` says which way a ratio goes."""

    unit: str
    of: Callable[[Seen], float]
    more_is_better: bool

    def ratio(self, ours: float, theirs: float) -> float:
        """How many times better ours is."""
        better, worse = (ours, theirs) if self.more_is_better else (theirs, ours)
        return better / worse if worse else float("inf")


def per_operation(amount: int, unit: str) -> Figure:
    """`amount` of `unit` for each operation."""
    return Figure(unit, lambda seen: seen.rate * amount, more_is_better=True)


P50 = Figure("ms P50", lambda seen: seen.percentile(0.50), more_is_better=False)
P95 = Figure("ms P95", lambda seen: seen.percentile(0.95), more_is_better=False)
REQUESTS = per_operation(1, "req/s")
OPERATIONS = per_operation(1, "ops/s")


@dataclass(frozen=True)
class Row:
    """One scenario at one concurrency; `required` is the least ratio."""

    key: str
    title: str
    scenario: str
    clients: int
    figure: Figure
    required: float
    longer: float = 1.0


ROWS = (
    Row(
        "small_run",
        "whole small run: create, 5 params, 100 metrics, finish",
        "small_run",
        16,
        per_operation(1, "runs/s"),
        10,
    ),
    Row("log_metric_1", "single log-metric", "log_metric", 1, REQUESTS, 8),
    Row("log_metric_16", "single log-metric", "log_metric", 16, REQUESTS, 12),
    Row("log_metric_64", "single log-metric", "log_metric", 64, REQUESTS, 12),
    Row(
        "log_batch_10",
        "log-batch of 1,000 metrics, 10 keys",
        "log_batch_10",
        8,
        per_operation(1000, "metrics/s"),
        20,
    ),
    Row(
        "log_batch_1000",
        "log-batch of 1,000 metrics, 1,000 keys",
        "log_batch_1000",
        4,
        per_operation(1000, "metrics/s"),
        10,
    ),
    Row("search_plain", "first page of runs/search", "search_plain", 8, P95, 25),
    Row(
        "search_filter",
        "runs/search, metric and param filter, ordered",
        "search_filter",
        8,
        P95,
        25,
    ),
    Row("get_history", "get-history of 10,000 points", "get_history", 4, P50, 40),
    Row("get_run", "runs/get", "get_run", 16, REQUESTS, 15),
    Row(
        "registry_write",
        "registry: create, version, alias",
        "registry_write",
        8,
        per_operation(3, "req/s"),
        10,
    ),
    Row("registry_alias", "registry: get by alias", "registry_alias", 16, REQUESTS, 20),
    Row("mixed_256", "mixed load", "mixed", 256, OPERATIONS, 20, longer=3),
    Row("mixed_1000", "mixed load", "mixed", 1000, OPERATIONS, 20, longer=4),
)
SEARCHES = ("search_plain", "search_filter")
MIXED = ("mixed_256", "mixed_1000")
