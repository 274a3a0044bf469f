"""Ingests a generated CSV of 1 GB and compares speed and memory with pyarrow's own CSV reader.

    python bench/dataset_ingest.py [megabytes]

Prints MB/s of the whole ingestion (typed Parquet, hashes, profile), the peak resident size of its
subprocess, and the time it takes over that of reading the file with `pyarrow.csv.open_csv`.
"""

from __future__ import annotations

import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from maestro_ml.server.datasets.ingest import ingest_file

MEGABYTE = 10**6
READ = """
import sys, time, pyarrow.csv
start = time.perf_counter()
rows = sum(batch.num_rows for batch in pyarrow.csv.open_csv(sys.argv[1]))
print(time.perf_counter() - start)
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


def main() -> None:
    """Generates, reads, ingests, prints."""
    size = int(sys.argv[1]) * MEGABYTE if len(sys.argv) > 1 else 1000 * MEGABYTE
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "orders.csv"), Path(folder, "orders.parquet")
        write_csv(source, size)
        megabytes = source.stat().st_size / MEGABYTE
        command = [sys.executable, "-c", READ, str(source)]
        read = float(subprocess.run(command, capture_output=True, check=True).stdout)
        read_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        start = time.perf_counter()
        table = asyncio.run(ingest_file(source, target))
        took = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{megabytes:.0f} MB, {table.rows:,} rows, {table.content_bytes / MEGABYTE:.0f} MB Parquet"
        )
        print(
            f"open_csv alone   {read:6.2f} s  {megabytes / read:6.0f} MB/s  peak {read_peak:.0f} MiB"
        )
        print(f"whole ingestion  {took:6.2f} s  {megabytes / took:6.0f} MB/s  peak {peak:.0f} MiB")
        print(f"ratio            {took / read:6.2f}")


if __name__ == "__main__":
    main()
