"""The clockwork of a worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, and a cron expression with a sixth field for seconds.

    pulse: how often output and progress are stored. beat: how often a running attempt shows life and
    looks for a cancellation. grace: from SIGTERM to SIGKILL on cancellation; with a beat it stays
    under 10. silent: without a heartbeat for so long, a job's worker counts as gone; it must outlast
    a restart of PostgreSQL. reap: when lost jobs are looked for.
    """

    pulse: float = 0.25
    beat: float = 1.0
    grace: float = 7.0
    silent: float = 15.0
    reap: str = "* * * * * */10"
