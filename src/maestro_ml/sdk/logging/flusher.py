"""The thread that sends while the training goes on: in batches, with growing waits, bounded at its end."""

from __future__ import annotations

import random
import time
from threading import Condition, Thread

from maestro_ml.sdk import errors
from maestro_ml.sdk.logging.journal import Journal
from maestro_ml.sdk.logging.sender import Sender, passes
from maestro_ml.sdk.logging.trouble import Trouble

_INTERVAL = 1.0
"""Seconds between two looks at what was logged: a chart is as live as that."""
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_PATIENCE = 5.0
"""Seconds for which the end of a run waits for a server that does not answer."""


class Flusher:
    """Sends the journals of a run and its children, parents first, until they have ended.

    A journal that is all sent is deleted. One that the server refuses as a whole stays behind, and
    so does all that `drain` could not wait for: `maestro sync` sends it another time.
    """

    def __init__(self, sender: Sender, trouble: Trouble) -> None:
        self._sender = sender
        self._trouble = trouble
        self._journals: list[Journal] = []
        self._refused: list[Journal] = []
        self._changed = Condition()
        self._draining = False
        self._stopped = False
        self._failing_since: float | None = None
        self._thread = Thread(target=self._run, name="maestro-logging", daemon=True)
        self._thread.start()

    def add(self, journal: Journal) -> None:
        """Send this one, too."""
        with self._changed:
            self._journals.append(journal)
            self._changed.notify_all()

    def wait_for(self, journal: Journal, seconds: float) -> bool:
        """Wait until the server has the run; False if it has not within so long, or does not answer."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self._sender.has_created(journal):
                if time.monotonic() >= deadline or self._failing_since or journal in self._refused:
                    return False
                self._changed.wait(0.05)
        return True

    def drain(self, seconds: float) -> bool:
        """Wait until all has been sent, at most so long, then stop; whether all has.

        It does not wait so long for a server that does not answer at all.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            self._draining = True
            self._changed.notify_all()
            begin = time.monotonic()
            while self._journals and self._thread.is_alive():
                now = time.monotonic()
                silent = self._failing_since is not None and now - begin > _PATIENCE
                if now >= deadline or silent:
                    break
                self._changed.wait(min(deadline - now, 0.1))
            self._stopped = True
            self._changed.notify_all()
        for journal in [*self._journals, *self._refused]:
            journal.rescue()
        self._thread.join(0.5)
        return not self._journals and not self._refused

    def _run(self) -> None:
        attempt = 0
        while not self._stopped:
            try:
                self._sleep(0.0 if self._round() else _INTERVAL)
                attempt = 0
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever goes wrong
                attempt += 1
                self._sleep(_back_off(attempt, self._fail(error)))
        for journal in [*self._journals, *self._refused]:
            journal.close()
        self._sender.close()

    def _sleep(self, seconds: float) -> None:
        with self._changed:
            draining = self._draining
            if self._stopped or (draining and not self._journals):
                return
            self._changed.wait(min(seconds, _FIRST_WAIT) if draining else seconds)

    def _round(self) -> bool:
        """Send a portion of each journal; whether more waits. Raises what may pass with time."""
        with self._changed:
            journals = [*self._journals]
        more = False
        for journal in journals:
            try:
                more |= self._sender.send(journal)
                if journal.ends and journal.is_sent():
                    journal.delete()
                    self._drop(journal)
            except errors.MaestroError as error:
                if passes(error):
                    raise
                self._trouble.tell("refusal", _refusal(journal, error))
                self._drop(journal, refused=True)
        self._failing_since = None
        return more

    def _fail(self, error: Exception) -> float:
        """Tell of a failure; the seconds that the server asks to wait."""
        self._failing_since = self._failing_since or time.monotonic()
        reason = error.message if isinstance(error, errors.MaestroError) else repr(error)
        self._trouble.tell(
            "silence",
            f"{reason} The training goes on: what it logs is kept on this machine and sent as soon "
            "as the server answers.",
        )
        return (error.retry_after or 0.0) if isinstance(error, errors.RateLimited) else 0.0

    def _drop(self, journal: Journal, *, refused: bool = False) -> None:
        with self._changed:
            self._journals.remove(journal)
            if refused:
                self._refused.append(journal)
            self._changed.notify_all()


def _back_off(attempt: int, asked: float) -> float:
    """Seconds to wait; jitter spreads clients that failed together and has nothing to keep secret."""
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(attempt - 1, 10))
    return max(asked, wait * random.uniform(0.5, 1.0))  # noqa: S311


def _refusal(journal: Journal, error: errors.MaestroError) -> str:
    return (
        f"the server does not take the run {journal.header.name}: {error} The training goes on; all "
        f"that it logs stays in {journal.folder} for `maestro sync`."
    )
