"""What goes wrong while logging is told once, and never raised."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import RLock


class Trouble:
    """Warns through the logger `maestro_ml`, once per kind: a training prints one line, not a million.

    Without any configuration Python writes such warnings to stderr.
    """

    def __init__(self) -> None:
        self._logger = logging.getLogger("maestro_ml")
        self._told: set[str] = set()
        self._lock = RLock()  # a signal handler may log in the middle of a log

    def tell(self, kind: str, message: str) -> None:
        """Warn of `message` unless something of this kind has been told already."""
        with self._lock:
            if kind in self._told:
                return
            self._told.add(kind)
        self._logger.warning("maestro: %s", message)

    def tell_full(self, folder: Path, error: OSError | None) -> None:
        """Warn that the disk of `folder` takes no more."""
        reason = error.strerror if error else "No space left on device"
        self.tell(
            "disk",
            f"{folder} cannot be written ({reason}). The training goes on: what it logs waits in memory, "
            "within bounds, for the server; files are left out. Make room there, or set "
            "MAESTRO_RUN_DIR to a folder that has some.",
        )

    def forget_lock(self) -> None:
        """Start over in a forked child, where the thread that held the lock does not exist."""
        self._lock = RLock()
