"""From handing in an AutoML search to its first model being trained, on a warm platform.

python -m bench.automl_start
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from bench.installation import running, temporary_home
from maestro_ml import MaestroClient

TITANIC = Path(__file__).parents[1] / "examples" / "data" / "titanic.csv"
ROUNDS = 5
POLL_SECONDS = 0.02


def seconds_to_first_trial(client: MaestroClient) -> float:
    """Seconds from the request until the search says that it tries a model."""
    began = time.perf_counter()
    job = client.automl.train("titanic", target="survived", time_budget=10, max_trials=2)
    while not job.progress.message.startswith(("trying", "tried")):
        if job.progress.finished_at:
            raise RuntimeError(f"the search ended first: {job.progress.message}")
        time.sleep(POLL_SECONDS)
    taken = time.perf_counter() - began
    job.wait(timeout=120)
    return taken


def main() -> None:
    """Print the median and the slowest of a few searches, one after the other."""
    with temporary_home() as home, running(home) as up, MaestroClient(up.url, up.api_key) as client:
        client.datasets.upload(TITANIC, "titanic")
        taken = [seconds_to_first_trial(client) for _ in range(ROUNDS)]
    print(
        f"submit → first trial   median {statistics.median(taken):.2f} s, "
        f"slowest {max(taken):.2f} s of {ROUNDS}   (aim: below 5)"
    )


if __name__ == "__main__":
    main()
