"""Work that recurs: once per tick in the whole installation, by whichever worker is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Periodic:
    """`run` is called at the times of `cron` (five fields, or six with seconds at the end), in UTC.

    It must be short and safe to run again; what takes long submits a job.
    """

    name: str
    cron: str
    run: Callable[[], Awaitable[object]]
