"""What processes take of the machine's memory; pages that several share are divided among them."""

import time
from collections.abc import Collection, Mapping
from pathlib import Path

import psutil

_MB = 1024 * 1024
# Dividing shared pages takes the kernel 10 ms for a gigabyte, so it may use a tenth of the time.
_SHARE_OF_TIME = 0.1
_LONGEST_PAUSE = 0.25


def resident_mb(pid: int) -> float:
    """Memory that a process maps, shared pages included; 0 when it is gone."""
    try:
        return float(psutil.Process(pid).memory_info().rss) / _MB
    except psutil.Error:
        return 0.0


def proportional_mb(pid: int) -> float:
    """A process's own memory and its share of what it shares, where the kernel tells (Linux)."""
    try:
        figures = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # the process is gone, or this is no Linux
        return 0.0 if Path("/proc/self/smaps_rollup").exists() else resident_mb(pid)
    own = (line.split()[1] for line in figures.splitlines() if line.startswith("Pss:"))
    return int(next(own, "0")) / 1024


class MemoryWatch:
    """Tells when processes together pass a limit, at a bounded price."""

    def __init__(self, limit_mb: float) -> None:
        self._limit_mb = limit_mb
        self._look_again = 0.0

    def excess(self, pids: Collection[int]) -> Mapping[int, float]:
        """Memory of each process in MB when all of them pass the limit; empty when they do not."""
        # Counting shared pages for each is quick, and never too little.
        if sum(map(resident_mb, pids)) <= self._limit_mb or time.monotonic() < self._look_again:
            return {}
        began = time.thread_time()
        own = {pid: proportional_mb(pid) for pid in pids}
        pause = min((time.thread_time() - began) / _SHARE_OF_TIME, _LONGEST_PAUSE)
        self._look_again = time.monotonic() + pause
        return own if sum(own.values()) > self._limit_mb else {}
