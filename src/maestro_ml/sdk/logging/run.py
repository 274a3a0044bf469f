"""A run that is being logged from this process."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from maestro_ml.contracts.tracking import (
    MAX_BATCH_METRICS,
    MAX_BATCH_PARAMS,
    MAX_PARAM_VALUE,
    MAX_TAG_VALUE,
    RunId,
    RunStatus,
)
from maestro_ml.sdk.logging.closing import closing_lines, say
from maestro_ml.sdk.logging.flusher import Flusher
from maestro_ml.sdk.logging.journal import Journal
from maestro_ml.sdk.logging.trouble import Trouble
from maestro_ml.sdk.logging.values import now_ms, numbers, parts, texts, whole
from maestro_ml.sdk.resources.runs import flatten

_MOST_LATEST = 1000
_LONGEST_TRACEBACK = 1 << 20
_SYSTEM = "system/"


class ActiveRun:
    """Log to it from any thread; nothing that logs raises or waits for the server.

    It ends with `finish()` or with its `with` block: an error in there fails it and is kept, Ctrl-C
    kills it. What a forked child logs belongs to the same run; the parent sends and ends it.
    """

    def __init__(
        self,
        journal: Journal,
        flusher: Flusher | None,
        trouble: Trouble,
        *,
        parent: ActiveRun | None,
        finish_seconds: float,
    ) -> None:
        self.id = RunId(UUID(journal.header.id))
        self.name = journal.header.name
        self.experiment = journal.header.experiment
        self.status = RunStatus.RUNNING
        self.parent = parent
        self.flusher = flusher
        self._waits = parent is None or flusher is not parent.flusher
        self.journal = journal
        self.trouble = trouble
        self._finish_seconds = finish_seconds
        self._at_end: list[Callable[[], None]] = []
        self._next_step = 0
        self._latest: dict[str, float] = {}
        self._params: dict[str, str] = {}
        self._ending = False
        self._begun = time.monotonic()
        self._process = os.getpid()
        self._lock = RLock()

    # Logging

    def log(
        self,
        metrics: Mapping[str, float] | None = None,
        *,
        step: int | None = None,
        **more: float,
    ) -> None:
        """Log metrics of one step; without `step` each call is the next one, from 0 on.

        >>> run.log(loss=0.31, accuracy=0.87)                # doctest: +SKIP
        """
        with self._lock:
            chosen = self._next_step if step is None else whole(step, self.trouble)
            if chosen is None:
                return
            self._next_step = chosen + 1
        self._log_metrics({**metrics, **more} if metrics else more, chosen, now_ms())

    def log_metrics(
        self, metrics: Mapping[str, float], *, step: int = 0, timestamp: int | None = None
    ) -> None:
        """Log one value of each metric; `timestamp` is in milliseconds since 1970, by default now."""
        chosen = whole(step, self.trouble)
        at = now_ms() if timestamp is None else whole(timestamp, self.trouble)
        if chosen is not None and at is not None:
            self._log_metrics(metrics, chosen, at)

    def _log_metrics(self, metrics: Mapping[str, float], step: int, at: int) -> None:
        good = numbers(metrics, self.trouble)
        if not good:
            return
        for part in [good] if len(good) <= MAX_BATCH_METRICS else parts(good, MAX_BATCH_METRICS):
            self._append({"metrics": part, "step": step, "at": at})
        if len(self._latest) < _MOST_LATEST:
            self._latest |= good
        else:
            self._latest |= {key: value for key, value in good.items() if key in self._latest}

    def log_params(self, params: Mapping[str, object]) -> None:
        """Log params as text; a nested mapping gives `outer.inner`. A param keeps its first value."""
        fresh = {}
        for key, value in texts(dict(flatten(params)), MAX_PARAM_VALUE, self.trouble).items():
            if self._params.setdefault(key, value) == value:
                fresh[key] = value
            else:
                self.trouble.tell(
                    f"param {key}",
                    f"the param {key!r} is {self._params[key]!r:.100} already and stays so; "
                    f"{value!r:.100} was not logged.",
                )
        for part in parts(fresh, MAX_BATCH_PARAMS):
            self._append({"params": part})

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Set tags as text; a tag can be set again."""
        for part in parts(texts(tags, MAX_TAG_VALUE, self.trouble), MAX_BATCH_PARAMS):
            self._append({"tags": part})

    def log_artifact(self, source: str | PathLike[str], path: str | None = None) -> None:
        """Store a file or a folder, as it is now, under `path` (its own name by default)."""
        file = Path(source)
        if self._takes_more():
            self.journal.outbox.put(file, path or file.name)

    def log_text(self, text: str, path: str) -> None:
        """Store `text` as the file `path`."""
        if self._takes_more():
            self.journal.outbox.put_text(text, path)

    def _append(self, record: Mapping[str, Any]) -> None:
        if self._takes_more():
            self.journal.append(record)

    def _takes_more(self) -> bool:
        if self.status is RunStatus.RUNNING:
            return True
        self.trouble.tell("ended", f"{self.name} has ended; what is logged to it is left out.")
        return False

    # Life

    @property
    def is_own(self) -> bool:
        """Whether this process began the run; a forked child did not."""
        return os.getpid() == self._process

    def at_end(self, action: Callable[[], None]) -> None:
        """Call `action` when the run ends, before its last record."""
        self._at_end.append(action)

    def finish(
        self, status: RunStatus = RunStatus.FINISHED, *, timeout: float | None = None
    ) -> None:
        """End the run, and wait at most `timeout` seconds until the server has all of it.

        A child does not wait: its parent's end does. Whatever is not sent by then stays in the local
        log for `maestro sync`. Only the process that began the run ends it.
        """
        status = RunStatus(status)
        with self._lock:
            if self._ending or not self.is_own:
                return
            self._ending = True
        for action in self._at_end:
            action()
        # A clock that was set back must not end the run before its start.
        self.journal.end(status.value, max(now_ms(), self.journal.header.started_at))
        self.status = status
        sent = False
        if self.flusher is None:
            self.journal.rescue()
            self.journal.close()
        elif self._waits:
            sent = self.flusher.drain(self._finish_seconds if timeout is None else timeout)
        if self.parent is None:
            self._say(sent=sent)

    def finish_with(self, error: BaseException | None) -> None:
        """End the run as the block that `error` left: it is kept, unless somebody meant it."""
        status = outcome(error)
        if error is not None and status is RunStatus.FAILED and self.is_own:
            told = "".join(traceback.format_exception(error))[-_LONGEST_TRACEBACK:]
            last = traceback.format_exception_only(error)[-1].strip()
            self.set_tags({"maestro.error": last[:MAX_TAG_VALUE]})
            self.log_text(told, "maestro/traceback.txt")
        self.finish(status)

    def _say(self, *, sent: bool) -> None:
        latest = self._latest.copy()  # in one step: other threads may log still
        say(
            closing_lines(
                name=self.name,
                run_id=str(self.id),
                status=self.status.value,
                seconds=time.monotonic() - self._begun,
                metrics={k: v for k, v in latest.items() if not k.startswith(_SYSTEM)},
                url=self.journal.header.url,
                left=None if sent else self.journal.folder,
                dropped=self.journal.dropped,
            )
        )

    def after_fork(self) -> None:
        """In a child: replace the locks that a thread of the parent may have held."""
        self._lock = RLock()
        self.journal.after_fork()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish_with(error)

    def __repr__(self) -> str:
        return f"<ActiveRun {self.name} {self.id} {self.status.value}>"


def outcome(error: BaseException | None) -> RunStatus:
    """How a run ends that was left by `error`."""
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return RunStatus.FINISHED
    return RunStatus.KILLED if isinstance(error, KeyboardInterrupt) else RunStatus.FAILED
