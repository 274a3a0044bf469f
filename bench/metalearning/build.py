"""Writes what ships from what was evaluated: `python -m bench.metalearning.build`.

Compresses the lines of `bench.metalearning.evaluate`, when they are there, into the lookup table of
this benchmark (scores and seconds, no predictions), and makes the package's public prior of that.
The same evaluations give the same bytes.
"""

from __future__ import annotations

import json

import numpy as np

from bench.environments import ROOT
from bench.metalearning.evaluate import EVALUATIONS
from bench.metalearning.lookup import FILE, Entry, Lookup, read, write

PRIOR = ROOT / "src/maestro_ml/engine/metalearning/public_prior.json"


def main() -> int:
    """Write both files."""
    if EVALUATIONS.is_file():
        write([json.loads(line) for line in EVALUATIONS.read_text().splitlines()])
    lookup = read()
    PRIOR.write_text(public_prior(lookup))
    for file in (FILE, PRIOR):
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1024:.0f} KB")
    return 0


def public_prior(lookup: Lookup) -> str:
    """As JSON: configurations as [name, family, params], tables with trials as [number of the
    configuration, score, seconds].

    Scores are means of both halves: nothing is chosen by them here, so there is none to hold back.
    """
    configurations = [
        [c.candidate.name, c.candidate.family, dict(c.candidate.params)]
        for c in lookup.configurations
    ]
    written = ",\n".join(json.dumps(configuration) for configuration in configurations)
    tables = ",\n".join(json.dumps(_table(entry)) for entry in lookup.entries)
    return f'{{"configurations": [\n{written}\n],\n"tables": [\n{tables}\n]}}\n'


def _table(entry: Entry) -> dict[str, object]:
    scores = (entry.valid + entry.test) / 2
    return {
        "name": entry.table,
        "task": entry.task,
        "metric": entry.metric,
        "meta_features": {name: float(f"{v:.4g}") for name, v in entry.meta_features.items()},
        "baseline": _short((entry.constant_valid + entry.constant_test) / 2),
        "trials": [
            [int(n), _short(scores[n]), round(float(entry.seconds[n]), 3)]
            for n in np.flatnonzero(entry.applies)
        ],
    }


def _short(score: float) -> float | None:
    return float(f"{score:.5g}") if np.isfinite(score) else None


if __name__ == "__main__":
    raise SystemExit(main())
