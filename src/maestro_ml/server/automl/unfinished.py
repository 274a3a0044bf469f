"""The trials of searches that are not over, so that another attempt goes on where the last one died."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

# A search that nobody tried again for so long will not be.
_KEPT_SECONDS = 3 * 24 * 3600


@contextmanager
def trial_folder(home: Path, job_id: UUID, attempt: int) -> Iterator[Path]:
    """The job's folder in `home`, which only a process that dies leaves behind.

    A first attempt finds it empty. What is left of searches that were given up is removed, too.
    """
    folder = home / job_id.hex
    if attempt == 1:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for other in home.iterdir():
        if other != folder and other.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
