"""What a store in a local folder needs beyond the object store's own work."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path


def make_durable(root: Path, key: str) -> None:
    """Bring a finished blob to the disk: its bytes, and its name in every folder up to `root`.

    The rename already survives the death of the process; this makes it survive a power cut.
    """
    path = root / key
    _sync(path)
    while path != root:
        path = path.parent
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def delete_unfinished(folder: Path, *, before: datetime) -> int:
    """Delete what killed writers left half-written before `before`; the bytes freed."""
    freed = 0
    for path in folder.rglob("*#*"):
        stat = path.stat()
        if path.is_file() and _is_unfinished(path) and stat.st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            freed += stat.st_size
    return freed


def _is_unfinished(path: Path) -> bool:
    return path.name.rpartition("#")[2].isdigit()
