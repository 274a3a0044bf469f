"""What a run says at its end, in a few lines on stderr."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SHOWN = 5


def closing_lines(
    *,
    name: str,
    run_id: str,
    status: str,
    seconds: float,
    metrics: Mapping[str, float],
    url: str | None,
    left: Path | None,
    dropped: int,
) -> list[str]:
    """At most six lines; `left` is where the log lies that the server has not got whole."""
    lines = [f"maestro: {name} {status} after {_duration(seconds)}"]
    if metrics:
        lines.append("  " + _latest(metrics))
    if left is None:
        lines.append(f"  maestro runs get {run_id}")
        lines.append(f"  {url}/runs/{run_id}")
    else:
        lines.append(f"  Not all of it is on a server; the rest lies in {left}")
        lines.append("  To send it: maestro sync")
    if dropped:
        lines.append(f"  {dropped:,} records are lost: there was no room for them.")
    return lines


def say(lines: list[str]) -> None:
    """Write `lines` to stderr, if there is one."""
    with suppress(Exception):
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()


def _latest(metrics: Mapping[str, float]) -> str:
    shown = [f"{key}={value:.4g}" for key, value in [*metrics.items()][:_SHOWN]]
    more = len(metrics) - len(shown)
    return "  ".join(shown) + (f"  and {more} more" if more else "")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
