"""What past searches are worth, which there are, and where a search began, in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from math import log

from maestro_ml.cli.cells import cell, duration, figure
from maestro_ml.cli.context import Cli
from maestro_ml.cli.explain import bar
from maestro_ml.cli.options import Limit, SearchId, Yes
from maestro_ml.cli.output import Columns, Mode, Output
from maestro_ml.contracts.automl import SimilarTask, StartOrigin, StartReason
from maestro_ml.contracts.value_ledger import (
    ArmFigures,
    Interval,
    LedgerState,
    PastSearch,
    ValueLedger,
    WarmEffect,
)

_WIDTH = 41
# Ratios from a fifth to five times are drawn, on a logarithmic scale.
_WIDEST = 5.0
_REASONS = 5
_LATEST = 10


def spell_start(start: StartOrigin | PastSearch) -> str:
    """Whence, and what the draw was."""
    drawn = "" if start.arm is None else f", drawn {start.arm.value}"
    return f"{start.source.value}{drawn}"


def _because(reason: StartReason) -> str:
    others = f" and {len(reason.tasks) - 1} more" if len(reason.tasks) > 1 else ""
    return f"{reason.tasks[0].name}{others}" if reason.tasks else ""


def _of_first(reason: StartReason, of: Callable[[SimilarTask], float | None]) -> str:
    value = of(reason.tasks[0]) if reason.tasks else None
    return "-" if value is None else f"{value:.2f}"


REASONS: Columns[StartReason] = {
    "Tried first": lambda reason: reason.candidate,
    "Because of": _because,
    "Similarity": lambda reason: _of_first(reason, lambda task: task.similarity),
    "Regret there": lambda reason: _of_first(reason, lambda task: task.regret),
}

ARMS: Columns[ArmFigures] = {
    "Start": lambda arm: arm.arm.value,
    "Searches": lambda arm: arm.searches,
    "Data sets": lambda arm: arm.datasets,
    "Had the score": lambda arm: arm.reached,
    "Evaluations": lambda arm: _decimal(arm.evaluations),
    "Seconds": lambda arm: _decimal(arm.seconds),
}

EFFECTS: Columns[WarmEffect] = {
    "Until then": lambda effect: effect.measure.value,
    "Warm through cold": lambda effect: _spread(effect.ratio, ".2f"),
    "Warm minus cold": lambda effect: _spread(effect.difference, "+.1f"),
    "": lambda effect: effect.verdict.value.replace("_", " "),
}

PAST: Columns[PastSearch] = {
    "Id": lambda search: search.id,
    "Data": lambda search: search.dataset,
    "Target": lambda search: search.target,
    "Start": spell_start,
    "Best": lambda search: figure(search.best_score),
    "To the score": lambda search: (
        f"{search.evaluations_needed} of {search.evaluations}" if search.reached else "never"
    ),
    "After": lambda search: duration(search.seconds_needed) if search.reached else "",
    "Ended": lambda search: search.finished_at,
    "Metric": lambda search: search.metric,
}


def ledger(cli: Cli) -> None:
    """Show what starting from past searches is worth: warm against cold starts."""
    found = cli.client.automl.ledger()
    if cli.out.mode is not Mode.HUMAN:
        cli.out.record(found, {}, key=lambda ledger: ledger.state.value)
        return
    show_ledger(cli.out, found)
    latest = [
        search for search, _ in zip(cli.client.automl.history(), range(_LATEST), strict=False)
    ]
    if latest:
        cli.out.text("\nThe latest searches:\n")
        cli.out.table(latest, PAST)


def history(cli: Cli, limit: Limit = 100) -> None:
    """List the searches that later ones learn from, the newest first."""
    cli.out.table(
        cli.client.automl.history(),
        PAST,
        limit=limit,
        empty="No search has ended yet. Begin with: maestro automl train data.csv --target y",
    )


def forget(cli: Cli, job: SearchId, yes: Yes = False) -> None:
    """Erase what a search left, so that no other learns from it; its model stays."""
    cli.out.confirm(f"Erase what the search {job} left for others?", yes=yes)
    cli.client.automl.forget(job)
    cli.out.done(f"No search learns from {job} any more.", id=job)


def show_ledger(out: Output, found: ValueLedger) -> None:
    """The answer, the figures of both arms, and how sure it is."""
    out.text(f"{found.summary}\n")
    if found.state is LedgerState.TOO_EARLY:
        _show_waiting(out, found)
    else:
        out.table([found.warm, found.cold], ARMS)
        out.text("")
        out.table(found.effects, EFFECTS)
        out.text("\nWarm through cold, 95 % intervals; left of the line warm starts are sooner:\n")
        for effect in found.effects:
            out.text(f"  {effect.measure.value:<12} {draw_ratio(effect.ratio)}")
        out.text(f"  {'':<12} {_scale()}")
    out.note(found.target)
    out.note(
        f"Of the searches that could start warm, {found.cold_share:.0%} start cold at random; "
        f"{found.left_out} searches without a draw are not compared."
    )


def _show_waiting(out: Output, found: ValueLedger) -> None:
    counts = [
        ("warm starts", found.warm.searches, found.needed),
        ("cold starts", found.cold.searches, found.needed),
        ("data sets", found.datasets, found.needed_datasets),
    ]
    for name, have, needed in counts:
        filled = bar(min(have, needed), needed)
        rest = "·" * (len(bar(needed, needed)) - len(filled))
        out.text(f"  {name:<12} {filled}{rest}  {have} of {needed}")
    out.text("")


def draw_ratio(ratio: Interval) -> str:
    """An estimate with its interval on a line whose middle is 1; what lies outside ends in an arrow."""
    low, middle, high = map(_place, (ratio.low, ratio.estimate, ratio.high))
    line = ["─" if low <= at <= high else " " for at in range(_WIDTH)]
    line[_WIDTH // 2] = "┼" if low <= _WIDTH // 2 <= high else "│"
    line[low] = "├" if ratio.low >= 1 / _WIDEST else "◄"
    line[high] = "┤" if ratio.high <= _WIDEST else "►"
    line[middle] = "●"
    return "".join(line).rstrip()


def _place(ratio: float) -> int:
    share = (log(max(ratio, 1e-9)) / log(_WIDEST) + 1) / 2
    return round(min(1.0, max(0.0, share)) * (_WIDTH - 1))


def _scale() -> str:
    line = [" "] * (_WIDTH + 2)
    for value, text in ((1 / _WIDEST, "0.2"), (0.5, "0.5"), (1.0, "1"), (2.0, "2"), (_WIDEST, "5")):
        line[_place(value) : _place(value) + len(text)] = text
    return "".join(line).rstrip()


def show_start(out: Output, start: StartOrigin) -> None:
    """Where a search began, why, and which past tasks spoke for its first configurations."""
    out.text(f"\nStart: {spell_start(start)}. {start.note}")
    shown = start.reasons[:_REASONS]
    if shown:
        out.text("")
        out.table(shown, REASONS)
    if len(start.reasons) > len(shown):
        out.note(f"{len(start.reasons) - len(shown)} more came from there; --json has all.")


def _decimal(value: float | None) -> str:
    return cell(None) if value is None else f"{value:.1f}"


def _spread(interval: Interval, form: str) -> str:
    low, high = format(interval.low, form), format(interval.high, form)
    return f"{format(interval.estimate, form)} ({low} to {high})"
