"""What goes wrong while logging is told once, and never raised."""

from __future__ import annotations

import logging
from threading import Lock


class Trouble:
    """Warns through the logger `maestro_ml`, once per kind: a training prints one line, not a million.

    Without any configuration Python writes such warnings to stderr.
    """

    def __init__(self) -> None:
        self._logger = logging.getLogger("maestro_ml")
        self._told: set[str] = set()
        self._lock = Lock()

    def tell(self, kind: str, message: str) -> None:
        """Warn of `message` unless something of this kind has been told already."""
        with self._lock:
            if kind in self._told:
                return
            self._told.add(kind)
        self._logger.warning("maestro: %s", message)

    def forget_lock(self) -> None:
        """Start over in a forked child, where the thread that held the lock does not exist."""
        self._lock = Lock()
