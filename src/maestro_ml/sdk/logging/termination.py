"""SIGTERM, as schedulers and `docker stop` send it: open runs are ended before the process is."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from threading import current_thread, main_thread
from types import FrameType


class Termination:
    """Calls `end` before the process ends by the signal; leaves a handler of the program's own alone."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._process = 0
        self._held = threading.local()

    def arm(self) -> None:
        """From here on; only the main thread may do so, and only it hears of signals."""
        if current_thread() is main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._process = os.getpid()
            signal.signal(signal.SIGTERM, self._handle)

    def disarm(self) -> None:
        """Put things back as they were, unless the program has changed them."""
        if current_thread() is main_thread() and signal.getsignal(signal.SIGTERM) == self._handle:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def hold(self) -> None:
        """Before a fork: a signal that finds the child with our handler, half made, would be lost."""
        self._held.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

    def release(self) -> None:
        """After a fork, in the parent, and in the child once it is disarmed."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self._held.mask)

    def _handle(self, number: int, _: FrameType | None) -> None:
        # A second signal, and the one that a forked child gets, end the process at once.
        signal.signal(number, signal.SIG_DFL)
        if os.getpid() == self._process:
            self._end()
        os.kill(os.getpid(), number)  # who waits for this process sees what ended it
