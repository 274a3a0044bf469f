"""Every benchmark behind the figures of docs/performance.md, one after the other.

    python -m bench.all [NAME ...]

Takes about half an hour on a machine that does nothing else; a name runs that one alone.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = {
    "platform_start": (),
    "embedded_postgres": (),
    "tracking_native": (),
    "tracking_storage": (),
    "dataset_ingest": (),
    "dataset_upload": (),
    "automl_start": (),
    "automl_memory": (),
    "explain_rows": (),
    "automl_titanic": ("--budget", "60", "--seeds", "5"),
    "sdk_logging": (),
    "serving_predict": (),
    "durability": ("--rounds", "50"),
}


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all. Returns how many failed."""
    if unknown := set(names) - set(BENCHMARKS):
        print(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHMARKS)}")
        return 2
    failed = []
    for name in names or BENCHMARKS:
        command = [sys.executable, "-m", f"bench.{name}", *BENCHMARKS[name]]
        print(f"\n── {' '.join(['python', *command[1:]])}", flush=True)
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
