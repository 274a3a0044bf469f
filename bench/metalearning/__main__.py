"""Does the memory of past searches pay? Replayed on a lookup table of evaluations.

    python -m bench.metalearning [--seeds 10]
    python -m bench.metalearning --searches [--tables NAME,NAME] [--budget 60] [--out FILE]

Each of 57 public tables is searched in turn while the memory holds all tables of other data sets.
Regret is 0 for the best of a table's configurations and 1 for the best constant. Cold TPE is Optuna's
over family and parameters, answered by the nearest configuration that is left. A gate
passes when the whole 95 % interval over data sets does (that against half of TPE's regret when the
mean does). Ends with 1 when one fails. The table itself is made by `python -m bench.metalearning.evaluate`.

`--searches` runs real searches on one core instead and tells how many seconds a warm one needs to be
as good on held-back rows as a cold one of the whole budget. What FILE has already is not run again.
`--ensembles` replays what the first evaluations are worth to the ensemble of them; it needs the
predictions that evaluating leaves.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from bench.automl.tables import SMOKE
from bench.metalearning import ensembles
from bench.metalearning.evaluate import FOLDER
from bench.metalearning.gates import further, gates, table
from bench.metalearning.lookup import read
from bench.metalearning.replay import AGAIN, replay, replay_again
from bench.metalearning.searches import search_all


def main() -> int:
    """Print the regrets and the gates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10, help="of everything that draws lots")
    parser.add_argument("--searches", action="store_true", help="real ones, a minute each")
    parser.add_argument("--tables", default=",".join(SMOKE), help="to search")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds for each search")
    parser.add_argument("--out", type=Path, default=FOLDER / "searches.jsonl")
    parser.add_argument(
        "--ensembles", action="store_true", help="regrets of ensembles, from a cache"
    )
    options = parser.parse_args()
    if options.ensembles:
        print(ensembles.report(read(), min(options.seeds, 3)))
        return 0
    if options.searches:
        print(search_all(options.tables.split(","), options.budget, options.out))
        return 0
    return _replayed(options.seeds)


def _replayed(seeds: int) -> int:
    began = time.monotonic()
    lookup = read()
    curves = replay(lookup, seeds)
    print(
        f"{len(lookup.entries)} tables of {len(set(curves.bases))} data sets, "
        f"{len(lookup.configurations)} configurations, {seeds} seeds, "
        f"{time.monotonic() - began:.0f} s"
    )
    print("Where the warm starts came from:", dict(curves.sources), "\n")
    print(table(curves), "\n")
    print("Differences with 95 % intervals over data sets:")
    print(*further(curves), sep="\n", end="\n\n")
    again = replay_again(lookup, seeds)
    if again.bases:
        print(f"{len(again.bases)} tables that were searched before, on other rows:\n")
        print(table(again), *further(again, AGAIN), sep="\n", end="\n\n")
    found = gates(curves)
    print(*found, sep="\n")
    return int(any(gate.verdict == "FAIL" for gate in found))


if __name__ == "__main__":
    raise SystemExit(main())
