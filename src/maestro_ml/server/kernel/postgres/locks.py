"""File locks that the kernel drops with their holder: nothing is left to clean after kill -9."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":  # the package must import on Windows, to say there that it is no use
    import fcntl


class FileLock:
    """One open lock file. The lock belongs to the open file: a child that inherits it holds it too.

    That is what `Cluster` builds on: the postmaster and all its children inherit one lock, so
    "the lock is free" means "no process of this server is left", without looking at any pid,
    and even when they run in another container.
    """

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def wait(self) -> None:
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def share(self) -> None:
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def take(self) -> bool:
        """Take the lock for ourselves alone if nobody else has it; a share of ours is given up."""
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self.fd)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file alone, waiting for whoever has it."""
    lock = FileLock(path)
    try:
        lock.wait()
        yield
    finally:
        lock.close()


def is_free(path: Path) -> bool:
    lock = FileLock(path)
    try:
        return lock.take()
    finally:
        lock.close()
