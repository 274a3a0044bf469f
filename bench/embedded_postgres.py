"""The embedded PostgreSQL: times to start, attach, recover and stop, and its idle memory (PSS).

    python -m bench.embedded_postgres [ROUNDS]

Memory is read from /proc, so it is shown on Linux only, for the server's processes alone.
"""

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import psutil

from maestro_ml.server.kernel.postgres import LocalPostgres
from maestro_ml.server.kernel.postgres.layout import Layout


def server_processes(root: Path) -> list[psutil.Process]:
    name = Layout(root.resolve()).name
    everybody = psutil.process_iter(["cmdline"])  # None for a zombie
    return [one for one in everybody if name in " ".join(one.info["cmdline"] or ())]


def pss_megabytes(processes: list[psutil.Process]) -> float:
    total = 0
    for process in processes:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def measure(root: Path, record: Callable[[str, float], None]) -> None:
    def timed(label: str, action: Callable[[], object]) -> None:
        begin = time.perf_counter()
        action()
        record(f"{label} [ms]", (time.perf_counter() - begin) * 1000)

    postgres, second = LocalPostgres(root), LocalPostgres(root)
    timed("first start", postgres.start)
    timed("ensure_database, new", lambda: postgres.ensure_database("app", "app_owner"))
    timed("ensure_database, again", lambda: postgres.ensure_database("app", "app_owner"))
    timed("attach", second.start)
    timed("leave", second.stop)
    time.sleep(2)  # idle
    if sys.platform == "linux":
        record("idle PSS [MB]", pss_megabytes(server_processes(root)))
    timed("stop", postgres.stop)
    timed("warm start", postgres.start)
    for process in server_processes(root):
        process.kill()
    timed("recover after kill -9 of all", postgres.restart_if_dead)
    postgres.stop()


def main() -> None:
    results: dict[str, list[float]] = defaultdict(list)
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o711)  # as root, the account PostgreSQL runs as must pass through
            measure(Path(folder) / "pg", lambda label, value: results[label].append(value))
    for label, values in results.items():
        print(f"{label:32} median {statistics.median(values):8.1f}   max {max(values):8.1f}")


if __name__ == "__main__":
    main()
