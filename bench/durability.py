"""Kills processes under load, and counts acknowledged writes that are gone afterwards.

    python -m bench.durability --rounds 50

Each round kills, by turns, the API process, the worker and PostgreSQL's postmaster with SIGKILL, while
writers log metrics and create experiments. What was answered with success must be there in
the end, and once.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import psutil

from bench.installation import Running, running, temporary_home

VICTIMS = ("app", "worker", "postmaster")
WRITERS = 4


@dataclass
class Acknowledged:
    """What one writer was told is stored."""

    run_id: str
    steps: list[int] = field(default_factory=list)
    experiments: list[str] = field(default_factory=list)
    refused: int = 0


@dataclass(frozen=True)
class Outcome:
    """The sums over all writers."""

    rounds: int
    acknowledged: int
    refused: int
    lost: int
    doubled: int


def survive(rounds: int, *, seed: int = 0) -> Outcome:
    """Kill `rounds` times under load, and compare what was acknowledged with what is stored."""
    with (
        temporary_home() as home,
        running(home, MAESTRO_LIMIT_API_PER_MINUTE="0", MAESTRO_LIMIT_INGEST_PER_MINUTE="0") as up,
    ):
        with _client(up) as client:
            kept = [Acknowledged(_new_run(client)) for _ in range(WRITERS)]
        ended = threading.Event()
        writers = [
            threading.Thread(target=_write, args=(up, each, number, ended))
            for number, each in enumerate(kept)
        ]
        for writer in writers:
            writer.start()
        chance = random.Random(seed)
        try:
            for number in range(rounds):
                time.sleep(chance.uniform(0.3, 1.2))
                _kill(up, VICTIMS[number % len(VICTIMS)])
                _wait_healthy(up)
        finally:
            ended.set()
        for writer in writers:
            writer.join(60)
        with _client(up) as client:
            return _compare(client, kept, rounds)


def _write(up: Running, kept: Acknowledged, number: int, ended: threading.Event) -> None:
    with _client(up) as client:
        step = 0
        while not ended.is_set():
            step += 1
            try:
                body = {"metrics": [{"key": "loss", "value": 1 / step, "step": step}]}
                client.post(f"/api/v1/runs/{kept.run_id}/log-batch", json=body).raise_for_status()
                kept.steps.append(step)
                if step % 20 == 0:
                    name = f"writer-{number}-{step}"
                    made = client.post("/api/v1/experiments", json={"name": name})
                    made.raise_for_status()
                    kept.experiments.append(name)
            except httpx.HTTPError:
                kept.refused += 1
                ended.wait(0.05)


def _kill(up: Running, victim: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:  # what keeps dying is started again ever more slowly
        for process in _victims(up, victim):
            process.send_signal(signal.SIGKILL)
            return
        time.sleep(0.05)
    raise RuntimeError(f"there is no {victim} to kill")


def _victims(up: Running, victim: str) -> Iterator[psutil.Process]:
    for process in up.tree():
        words = process.cmdline()
        if victim == "postmaster":
            parent = process.parent()
            leads = parent is None or parent.name() != "postgres"
            if process.name() == "postgres" and leads:
                yield process
        elif f"maestro_ml.server.{victim}" in words:
            yield process


def _wait_healthy(up: Running, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{up.url}/health/ready", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the platform did not recover")


def _client(up: Running) -> httpx.Client:
    bearer = {"Authorization": f"Bearer {up.api_key}"}
    return httpx.Client(base_url=up.url, headers=bearer, timeout=20)


def _new_run(client: httpx.Client) -> str:
    made = client.post("/api/v1/runs", json={"experiment_id": 0})
    made.raise_for_status()
    run_id: str = made.json()["id"]
    return run_id


def _compare(client: httpx.Client, kept: list[Acknowledged], rounds: int) -> Outcome:
    lost = doubled = 0
    for each in kept:
        history = client.get(f"/api/v1/runs/{each.run_id}/metrics/loss").json()
        stored: list[int] = history["steps"]
        lost += len(set(each.steps) - set(stored))
        doubled += len(stored) - len(set(stored))
        for name in each.experiments:
            found = client.get("/api/v1/experiments/by-name", params={"name": name})
            lost += found.status_code != httpx.codes.OK
    return Outcome(
        rounds=rounds,
        acknowledged=sum(len(each.steps) + len(each.experiments) for each in kept),
        refused=sum(each.refused for each in kept),
        lost=lost,
        doubled=doubled,
    )


def main() -> None:
    """Print the outcome; the exit code is 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    outcome = survive(parser.parse_args().rounds)
    print(
        f"{outcome.rounds} kills (API, worker, PostgreSQL by turns): "
        f"{outcome.acknowledged:,} writes acknowledged, {outcome.refused:,} refused meanwhile, "
        f"{outcome.lost} lost, {outcome.doubled} doubled"
    )
    sys.exit(1 if outcome.lost or outcome.doubled else 0)


if __name__ == "__main__":
    main()
