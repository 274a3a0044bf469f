"""The built web UI in headless Chromium, against a server with 100,000 runs.

    python -m bench.ui [--quick] [--only lighthouse|table|curves] [--home FOLDER]

Lighthouse on five pages as desktop and as simulated phone (median of 3), then filtering, scrolling and
overlaid curves. Ends with 1 if an aim was missed. Needs `make ui` and Chromium. `--quick` takes 10,000 runs
and one round; `--home` keeps the seeded server for the next time. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from bench.installation import Running, running, temporary_home
from bench.tracking.connection import Server
from bench.ui.seeding import Seeded, seed

RUNS, QUICK_RUNS = 100_000, 10_000
POINTS = 100_000
_UI = Path(__file__).parents[2] / "ui"
_PARTS = ("lighthouse", "table", "curves")
_LIMITS = {f"MAESTRO_LIMIT_{kind}_PER_MINUTE": "0" for kind in ("LOGIN", "API", "INGEST")}


def main() -> int:
    """Seed, then hand over to Node, which prints the table; 1 if an aim was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10,000 runs, one round each")
    parser.add_argument("--only", choices=_PARTS, action="append", help="this part alone")
    parser.add_argument("--home", type=Path, help="keep the server in this folder")
    arguments = parser.parse_args()
    runs = QUICK_RUNS if arguments.quick else RUNS
    with ExitStack() as stack:
        home = arguments.home or stack.enter_context(temporary_home())
        up = stack.enter_context(running(home, **_LIMITS))
        seeded = _seeded(up, runs)
        return _measure(up, seeded, runs, arguments.only or _PARTS, 1 if arguments.quick else 3)


def _seeded(up: Running, runs: int) -> Seeded:
    """What an earlier call left in this home, or new runs."""
    kept = up.home / f"bench-ui-{runs}.json"
    if kept.exists():
        return Seeded(**json.loads(kept.read_text()))
    began = time.perf_counter()
    seeded = asyncio.run(seed(Server(up.url, up.api_key), runs, POINTS))
    print(f"{runs:,} runs are there after {time.perf_counter() - began:.0f} s", flush=True)
    kept.write_text(json.dumps(asdict(seeded)))
    return seeded


def _measure(up: Running, seeded: Seeded, runs: int, parts: tuple[str, ...], rounds: int) -> int:
    password = (up.home / "secrets" / "admin_password").read_text().strip()
    task = {"url": up.url, "password": password, "runs": runs, "parts": parts, "rounds": rounds}
    return subprocess.run(
        [_UI / "tools" / "with-node", "node", "bench/main.ts"],
        input=json.dumps({**task, **asdict(seeded)}),
        text=True,
        check=False,
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
