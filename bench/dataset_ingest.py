"""Ingests a generated CSV of 1 GB and compares speed and memory with pyarrow's own CSV reader.

    python -m bench.dataset_ingest [megabytes]

Prints MB/s of the whole ingestion (typed Parquet, hashes, profile), the peak resident size of its
subprocess, and the wall-clock and CPU time it takes over those of reading the file with
`pyarrow.csv.open_csv`; on a busy machine only the CPU ratio means something.
"""

from __future__ import annotations

import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from maestro_ml.server.datasets.ingest import ingest_file

MEGABYTE = 10**6
READ = """
import sys, pyarrow.csv
sum(batch.num_rows for batch in pyarrow.csv.open_csv(sys.argv[1]))
"""


def write_csv(path: Path, size: int) -> None:
    """Orders of a shop: numbers, codes, categories, dates, a free text; every id is new."""
    chance = random.Random(7)
    cities = ["Berlin", "Paris", "Rome", "Oslo", "Zagreb", "Lagos"]
    tails = [
        f"{chance.randint(18, 90)},{chance.lognormvariate(3, 1):.2f},{chance.choice(cities)},"
        f"{chance.choice(['true', 'false'])},2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02},"
        f"{chance.randint(0, 99999):05},{chance.gauss(0, 1):.6f},note {chance.randint(0, 10**6)}\n"
        for _ in range(100_000)
    ]
    number = 0
    with path.open("w") as file:
        file.write("order,age,amount,city,member,day,postcode,score,note\n")
        while file.tell() < size:
            file.writelines(f"{number + i},{tail}" for i, tail in enumerate(tails))
            number += len(tails)


@dataclass(frozen=True)
class Cost:
    """What a subprocess took: wall-clock and CPU seconds, peak resident bytes of all children so far."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def line(self, name: str, megabytes: float) -> str:
        speed = f"{megabytes / self.seconds:6.0f} MB/s"
        peak = f"peak {self.peak_bytes / 2**20:.0f} MiB"
        return f"{name:<16} {self.seconds:6.2f} s {speed}  CPU {self.cpu_seconds:6.2f} s  {peak}"


def measure(work: Callable[[], object]) -> Cost:
    """The cost of the one subprocess that `work` runs."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, cpu, after.ru_maxrss * 1024)


def main() -> None:
    """Generates, reads, ingests, prints."""
    size = int(sys.argv[1]) * MEGABYTE if len(sys.argv) > 1 else 1000 * MEGABYTE
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "orders.csv"), Path(folder, "orders.parquet")
        write_csv(source, size)
        megabytes = source.stat().st_size / MEGABYTE
        command = [sys.executable, "-c", READ, str(source)]
        read = measure(lambda: subprocess.run(command, check=True))
        whole = measure(lambda: asyncio.run(ingest_file(source, target)))
        print(f"{megabytes:.0f} MB CSV, {target.stat().st_size / MEGABYTE:.0f} MB Parquet")
        print(read.line("open_csv alone", megabytes))
        print(whole.line("whole ingestion", megabytes))
        wall, cpu = whole.seconds / read.seconds, whole.cpu_seconds / read.cpu_seconds
        print(f"ratio: wall {wall:.1f}, CPU {cpu:.1f}")


if __name__ == "__main__":
    main()
