"""The runs that this process has begun and not ended yet."""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from threading import current_thread, main_thread

from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.sdk.logging.run import ActiveRun
from maestro_ml.sdk.logging.termination import Termination

_LAST_SECONDS = 5.0
"""How long a process that is asked to end may still send: whoever asks waits some ten seconds."""


class OpenRuns:
    """One per process, because forks and the interpreter's exit are the process's, too."""

    def __init__(self) -> None:
        self._innermost: ContextVar[ActiveRun | None] = ContextVar("maestro_run", default=None)
        self._open: list[ActiveRun] = []
        self._of_main_thread: list[ActiveRun] = []
        self._at_begin: dict[str, Callable[[ActiveRun], None]] = {}
        self._termination = Termination(self._kill)
        atexit.register(self._at_exit)
        os.register_at_fork(
            before=self._termination.hold,
            after_in_parent=self._termination.release,
            after_in_child=self._in_child,
        )

    def add(self, run: ActiveRun) -> None:
        """`run` has begun: it is the one that is logged to from here."""
        self._termination.arm()
        self._open.append(run)
        if current_thread() is main_thread():
            self._of_main_thread.append(run)
        self._innermost.set(run)
        run.at_end(lambda: self._remove(run))
        for action in self._at_begin.values():
            action(run)

    def at_begin(self, name: str, action: Callable[[ActiveRun], None]) -> None:
        """Call `action` with every run that begins from here on; one per name."""
        self._at_begin[name] = action

    def _remove(self, run: ActiveRun) -> None:
        for child in [each for each in self._open if each.parent is run]:
            child.finish()  # its block was left open
        self._open.remove(run)
        if run in self._of_main_thread:
            self._of_main_thread.remove(run)
        if self._innermost.get() is run:
            self._innermost.set(run.parent)
        if not self._open:
            self._termination.disarm()

    def innermost(self) -> ActiveRun | None:
        """The innermost run of this context, else that of the main thread.

        A new thread has an empty context, but belongs to the script that started it. Threads that
        each begin a run of their own are strangers to each other.
        """
        run = self._innermost.get()
        while run is not None and run not in self._open:
            run = run.parent
        return run or (self._of_main_thread[-1] if self._of_main_thread else None)

    def current(self) -> ActiveRun | None:
        """The run to log to from here: the innermost, else the only one there is."""
        return self.innermost() or (self._open[0] if len(self._open) == 1 else None)

    def _at_exit(self) -> None:
        """End what is open as the script ended: with the error that nobody caught, if there was one."""
        error: BaseException | None = getattr(sys, "last_value", None)
        for run in reversed(self._open):
            run.finish_with(error)

    def _kill(self) -> None:
        """End what is open: somebody wants the process to end."""
        deadline = time.monotonic() + _LAST_SECONDS
        for run in reversed(self._open.copy()):
            run.finish(RunStatus.KILLED, timeout=max(0.0, deadline - time.monotonic()))

    def _in_child(self) -> None:
        # A handler in Python does not end a process that waits in C; those of a pool must end at once.
        self._termination.disarm()
        self._termination.release()
        for run in self._open:
            run.after_fork()


@cache
def open_runs() -> OpenRuns:
    """Those of this process."""
    return OpenRuns()
