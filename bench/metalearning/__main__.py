"""Does the memory of past searches pay? Replayed on a lookup table of evaluations.

    python -m bench.metalearning [--seeds 10]

Each of 57 public tables is searched in turn while the memory holds all tables of other data sets.
Regret is 0 for the best of a table's configurations and 1 for the best constant. Cold TPE is Optuna's
over family and parameters, answered by the nearest configuration that is left. Ends with 1 when a
gate fails. The table itself is made by `python -m bench.metalearning.evaluate`.
"""

from __future__ import annotations

import argparse
import time

from bench.metalearning.gates import further, gates, table
from bench.metalearning.lookup import read
from bench.metalearning.replay import replay


def main() -> int:
    """Print the regrets and the gates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10, help="of everything that draws lots")
    options = parser.parse_args()
    began = time.monotonic()
    lookup = read()
    curves = replay(lookup, options.seeds)
    print(
        f"{len(lookup.entries)} tables of {len(set(curves.bases))} data sets, "
        f"{len(lookup.configurations)} configurations, {options.seeds} seeds, "
        f"{time.monotonic() - began:.0f} s"
    )
    print("Where the warm starts came from:", dict(curves.sources), "\n")
    print(table(curves), "\n")
    print("Differences with 95 % intervals over data sets:")
    print(*further(curves), sep="\n", end="\n\n")
    found = gates(curves)
    print(*found, sep="\n")
    return int(not all(gate.holds for gate in found))


if __name__ == "__main__":
    raise SystemExit(main())
