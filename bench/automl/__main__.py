"""Our engine, FLAML, AutoGluon and LightGBM's default on the same splits, one core each.

    python -m bench.automl [--tables smoke|public|NAME,NAME] [--frameworks NAME,NAME] [--budget 30]
                           [--seeds 1] [--out FILE] [--until SECONDS] [--report]

Each fit is a process of its own on the last core, one after another; what FILE has already is not run
again, so a run may be ended and gone on with. The first call installs the other frameworks and the
packages with the tables. Leave the machine alone meanwhile: "cpu share" tells whether it was.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.automl.environments import python_of, table_packages
from bench.automl.report import report
from bench.automl.tables import SMOKE, TABLES
from bench.automl.trial import Job, Record, run
from bench.environments import ROOT


def main() -> int:
    """Run what is missing, then print the table; 1 if one of our own fits failed."""
    options = _options()
    out: Path = options.out
    done = _read(out)
    if not options.report:
        for record in _run_missing(options, done):
            done.append(record)
            with out.open("a") as file:
                file.write(json.dumps(asdict(record)) + "\n")
    for budget in sorted({record.budget for record in done}):
        print(report(done, budget), flush=True)
    return int(any(record.failure for record in done if record.name == "maestro"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", default="smoke", help="smoke, public (all) or names")
    parser.add_argument("--frameworks", default="maestro,flaml,autogluon,lightgbm")
    parser.add_argument("--budget", type=float, default=30.0, help="seconds for each search")
    parser.add_argument("--seeds", type=int, default=1, help="number of splits of each table")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--options", type=json.loads, default={}, help="of our engine, as JSON")
    parser.add_argument("--variant", default="", help="the name of ours with these options")
    parser.add_argument("--out", type=Path, default=ROOT / "bench-automl.jsonl")
    parser.add_argument(
        "--until", type=float, default=float("inf"), help="start none after so long"
    )
    parser.add_argument("--report", action="store_true", help="print what FILE has, run nothing")
    return parser.parse_args()


def _run_missing(options: argparse.Namespace, done: list[Record]) -> Iterator[Record]:
    had = {(r.name, r.table, r.seed, r.budget) for r in done}
    began, packages = time.monotonic(), table_packages()
    for name in _tables(options.tables):
        features, target = TABLES[name].load(packages)
        for job in _jobs(options, name):
            if (job.name, name, job.seed, job.budget) in had:
                continue
            if time.monotonic() - began > options.until:
                return
            python_of(job.framework)
            record = run(job, features, target, TABLES[name].task)
            error = "failed" if record.error is None else f"{record.error:.5f}"
            print(
                f"{name:16} #{job.seed} {job.name:14} {error:>9} {record.fit_seconds:6.1f} s "
                f"{record.peak_mb:5.0f} MB, cpu {record.cpu_share:.2f} {record.failure[-200:]}",
                flush=True,
            )
            yield record


def _jobs(options: argparse.Namespace, table: str) -> Iterator[Job]:
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for framework in options.frameworks.split(","):
            ours = framework == "maestro"
            yield Job(
                framework,
                table,
                seed,
                options.budget,
                options.cores,
                options.variant if ours else "",
                options.options if ours else {},
            )


def _tables(names: str) -> list[str]:
    chosen = {"smoke": SMOKE, "public": tuple(TABLES)}.get(names, tuple(names.split(",")))
    if unknown := set(chosen) - set(TABLES):
        raise SystemExit(
            f"There are no tables {', '.join(sorted(unknown))}. There are: {', '.join(TABLES)}"
        )
    return list(chosen)


def _read(out: Path) -> list[Record]:
    if not out.is_file():
        return []
    return [Record(**json.loads(line)) for line in out.read_text().splitlines()]


if __name__ == "__main__":
    raise SystemExit(main())
