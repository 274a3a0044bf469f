"""Both tracking servers in one run, on one PostgreSQL, with two worker processes each.

    python -m bench.tracking [--quick] [--ours] [--rows KEY,KEY] [--turns N] [--seconds S] [--json FILE]

The rows take turns: ours, theirs, ours, theirs, so that both see the same machine; each figure is the
median of its turns. A request counts only if its answer is right. Ends with 1 if a row was missed.
The first call installs MLflow's server into `.venv-peers`. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.tracking.measurement import Effort, Measurement
from bench.tracking.rows import ROWS
from bench.tracking.servers import maestro, mlflow, postgres
from bench.tracking.table import Table

FULL = Effort(seconds=6, turns=3, runs=10_000, many_runs=100_000, steps=500)
QUICK = Effort(seconds=3, turns=1, runs=2_000, many_runs=20_000, steps=100)
EXTRA = ("bytes_per_point", "search_many", "steady", "memory")


def main() -> int:
    """Measure and print; 1 if something was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a fifth of the data, one turn each")
    parser.add_argument("--ours", action="store_true", help="leave MLflow out")
    parser.add_argument("--rows", default="", help="only these, with commas")
    parser.add_argument("--turns", type=int, help="how often each server has its turn in a row")
    parser.add_argument("--seconds", type=float, help="how long a turn is; mixed load takes longer")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    arguments = parser.parse_args()
    known = [row.key for row in ROWS] + list(EXTRA)
    chosen = [key for key in arguments.rows.split(",") if key] or known
    if unknown := set(chosen) - set(known):
        parser.error(f"unknown rows {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    table = Table()
    # The servers are ended with the stack. An event loop ends for Ctrl-C (which a shell lets what runs in
    # the background ignore); an exit that is raised in one of its callbacks it only reports.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        peer = None if arguments.ours else stack.enter_context(mlflow(*database))
        ours = stack.enter_context(maestro(*database))
        effort = QUICK if arguments.quick else FULL
        effort = replace(
            effort,
            turns=arguments.turns or effort.turns,
            seconds=arguments.seconds or effort.seconds,
        )
        Measurement(ours, peer, effort, table).run(frozenset(chosen))
    if arguments.json:
        arguments.json.write_text(json.dumps(table.as_json(), indent=2) + "\n")
    if table.missed:
        print(f"\nMissed: {', '.join(table.missed)}")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
