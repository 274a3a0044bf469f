"""How long `maestro up` takes to be ready, and the memory of the idle platform.

python -m bench.platform_start
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict

from bench.installation import pss_mb, running, temporary_home


def main() -> None:
    """Print first start, warm starts and idle memory by kind of process."""
    with temporary_home() as home:
        with running(home) as platform:
            first = platform.seconds_to_ready
        warm = []
        for _ in range(3):
            with running(home) as platform:
                warm.append(platform.seconds_to_ready)
        with running(home) as platform:
            time.sleep(5)
            by_kind: dict[str, float] = defaultdict(float)
            for process in platform.tree():
                words = process.cmdline()
                module = next((word for word in words if word.startswith("maestro_ml.")), "")
                by_kind[module or process.name()] += pss_mb(process)
    print(f"first start  {first:6.2f} s   (aim: at most 10)")
    print(f"warm start   {statistics.median(warm):6.2f} s   (median of 3; aim: at most 5)")
    for kind, memory in sorted(by_kind.items(), key=lambda item: -item[1]):
        print(f"idle PSS     {memory:6.0f} MB  {kind}")
    print(f"idle PSS     {sum(by_kind.values()):6.0f} MB  all   (aim: at most 450)")


if __name__ == "__main__":
    main()
