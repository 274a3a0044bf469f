"""Uploads a generated CSV of 1 GB to `maestro up`, and watches what that takes.

    python -m bench.dataset_upload [megabytes]

Prints seconds and MB/s from the first byte sent to the version's answer, the same for the download of
the Parquet file, and the peak resident memory of the API process (before, and at most during the
upload) and of the ingesting process.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import psutil

from bench.dataset_ingest import write_csv
from bench.installation import MB, Running, running, temporary_home
from maestro_ml import MaestroClient

API, INGEST = "maestro_ml.server.app", "maestro_ml.server.datasets.ingest"


class MemoryWatch(threading.Thread):
    """The most resident memory of each kind of process while the block runs, in bytes."""

    def __init__(self, platform: Running) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(platform.process.pid)
        self._over = threading.Event()
        self.most: dict[str, int] = defaultdict(int)

    def run(self) -> None:
        while not self._over.wait(0.05):
            self.look()

    def look(self) -> dict[str, int]:
        """Take a look now; what is resident at the moment."""
        found: dict[str, int] = defaultdict(int)
        for process in self._root.children(recursive=True):
            try:
                words = process.cmdline()
                kind = next((word for word in words if word.startswith("maestro_ml.")), "")
                found[kind] = max(found[kind], process.memory_info().rss)
            except psutil.Error:  # it has just ended
                continue
        for kind, size in found.items():
            self.most[kind] = max(self.most[kind], size)
        return found

    def stop(self) -> None:
        self._over.set()
        self.join()


def main(megabytes: int) -> None:
    with temporary_home() as home:
        home.mkdir(mode=0o711)
        small, large = home / "small.csv", home / "large.csv"
        write_csv(small, MB)
        write_csv(large, megabytes * 10**6)
        with running(home) as platform, MaestroClient(platform.url, platform.api_key) as client:
            client.datasets.upload(small)  # loads what the server loads once
            upload(platform, client, large)
            started = time.perf_counter()
            copy = client.datasets.download("large", home / "copy.parquet")
            report("download", copy, time.perf_counter() - started)


def upload(platform: Running, client: MaestroClient, file: Path) -> None:
    """Upload `file` under watch."""
    watch = MemoryWatch(platform)
    before = watch.look()[API]
    watch.start()
    sent = started = time.perf_counter()

    def note(_done: int, _total: int | None) -> None:
        nonlocal sent
        sent = time.perf_counter()

    version = client.datasets.upload(file, on_progress=note)
    seconds = time.perf_counter() - started
    watch.stop()
    report("upload", file, seconds)
    print(
        f"  of which sending {sent - started:.1f} s; {version.rows:,} rows, {version.bytes:,} bytes"
    )
    print(f"API process      {before / MB:.0f} MiB before, at most {watch.most[API] / MB:.0f} MiB")
    print(f"ingesting process        at most {watch.most[INGEST] / MB:.0f} MiB")


def report(name: str, file: Path, seconds: float) -> None:
    """One transfer in a line."""
    size = file.stat().st_size / 10**6
    print(f"{name:9s} {size:7.0f} MB in {seconds:6.1f} s, {size / seconds:.0f} MB/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
