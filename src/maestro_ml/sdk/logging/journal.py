"""The write-ahead log of one run: an append-only file on this machine, and how much of it was sent."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from maestro_ml.sdk.errors import MaestroError
from maestro_ml.sdk.logging.outbox import Outbox
from maestro_ml.sdk.logging.trouble import Trouble

Record = dict[str, Any]
"""One line: {"metrics": …, "step", "at"}, {"params": …}, {"tags": …} or {"end": status, "at"}."""

HEADER = "run.json"
MOST_HELD = 16 << 20
"""Bytes that are kept in memory when the disk takes no more."""

_CHUNK = 256 << 10
_AT = re.compile(rb'"at":(\d+)')
_encode = json.JSONEncoder(separators=(",", ":")).encode


class JournalBusy(MaestroError):
    """Another process writes or sends this log right now."""


class JournalUnreadable(MaestroError):
    """The folder holds no log, or one that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the run is; `url` is the server that it was meant for, `started_at` in milliseconds."""

    id: str
    experiment: str
    name: str
    started_at: int
    parent_run_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that were not sent yet: up to the byte `end` of the file, or `held` ones of memory."""

    records: list[Record]
    end: int
    held: int = 0


class Journal:
    """Appended to by the training, read by whoever sends it; both may be at work at once.

    `append` writes straight to the file, so that whatever it returned from survives the death of
    the process (not a power cut: there is no fsync). When the disk takes no more, it keeps a bounded
    rest in memory. Nothing here raises while a run is going on. For a log that was opened again,
    `ends` and `last_logged` (in milliseconds) tell whether and when its process was done.
    """

    def __init__(self, folder: Path, header: Header, trouble: Trouble) -> None:
        self.folder = folder
        self.header = header
        self.outbox = Outbox(folder / "files", trouble)
        self.dropped = 0
        self.ends = False
        self.last_logged = header.started_at
        self._trouble = trouble
        self._file: int | None = None
        self._owner: int | None = None
        self._torn = False
        self._sent = 0
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._lock = RLock()

    @classmethod
    def start(cls, folder: Path, header: Header, trouble: Trouble) -> Journal:
        """A new log in the new folder `folder`; in memory alone if that cannot be made."""
        journal = cls(folder, header, trouble)
        try:
            folder.mkdir(mode=0o700, parents=True)
            journal._own()
            _replace(folder / HEADER, json.dumps(asdict(header)))
            journal._file = os.open(folder / "log.jsonl", _APPEND, 0o600)
        except OSError as error:
            trouble.tell_full(folder, error)
        return journal

    @classmethod
    def open(cls, folder: Path, url: str, trouble: Trouble) -> Journal:
        """The log that an ended process left, to send it to `url`.

        What another server has got is sent anew. Raises JournalBusy or JournalUnreadable.
        """
        try:
            header = Header(**json.loads((folder / HEADER).read_text()))
            journal = cls(folder, header, trouble)
            journal._own()
            journal._file = os.open(folder / "log.jsonl", _APPEND, 0o600)
        except (OSError, ValueError, TypeError) as error:
            raise JournalUnreadable(f"{folder} holds no log of a run ({error}).") from error
        tail = journal._tail(journal._file)
        # Only what was logged by forked children can follow an end.
        journal.ends = b'{"end":' in tail
        journal.last_logged = int((_AT.findall(tail) or [header.started_at])[-1])
        journal._torn = True  # whoever wrote last may have been stopped within a line
        with suppress(OSError, ValueError):
            sent, _, where = (folder / "sent").read_text().partition(" ")
            journal._sent = int(sent) if where == url else 0
        return journal

    def _own(self) -> None:
        # flock, not lockf: it also keeps apart two descriptors of one process.
        self._owner = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._owner)
            raise JournalBusy(
                f"{self.header.name} is still being logged or sent by another process.",
                "Wait for its end, then run `maestro sync` again.",
            ) from error
        except OSError:  # a file system without locks, as some clusters have: go on without
            return

    # Writing

    def append(self, record: Mapping[str, Any]) -> None:
        """Add a record; costs a few microseconds."""
        self._append(_encode(record).encode() + b"\n")

    def end(self, status: str, at: int) -> None:
        """Add the last record: how and when (in milliseconds) the run ended."""
        self.append({"end": status, "at": at})
        self.ends = True

    def _append(self, line: bytes) -> None:
        with self._lock:
            if self._file is None:
                self._hold(line)
                return
            whole = b"\n" + line if self._torn else line
            try:
                self._torn = os.write(self._file, whole) != len(whole)
            except OSError as error:
                self._trouble.tell_full(self.folder, error)
                self._hold(line)
                return
            if self._torn:  # the disk had room for a part of it
                self._trouble.tell_full(self.folder, None)
                self._hold(line)

    def _hold(self, line: bytes) -> None:
        if self._held_bytes + len(line) > MOST_HELD:
            self.dropped += 1
            self._trouble.tell(
                "dropped",
                f"the memory kept for what the disk of {self.folder} does not take is full: what is "
                "logged is lost until the server takes some of it.",
            )
            return
        self._held.append(line)
        self._held_bytes += len(line)

    # Sending

    def unsent(self) -> Chunk | None:
        """The next records to send, None if there are none."""
        text = b"" if self._file is None else self._read(self._file)
        if text:
            return Chunk([*_decoded(text.splitlines())], self._sent + len(text))
        with self._lock:
            held = [*self._held]
        return Chunk([*_decoded(held)], self._sent, len(held)) if held else None

    def _read(self, file: int) -> bytes:
        """Whole lines from the first byte that was not sent."""
        size = _CHUNK
        while True:
            text = os.pread(file, size, self._sent)
            whole = text.rfind(b"\n") + 1
            if whole or len(text) < size:
                return text[:whole]
            size *= 4  # one line is longer than that

    def _tail(self, file: int) -> bytes:
        size = 64 << 10
        return os.pread(file, size, max(0, os.fstat(file).st_size - size))

    def has_unsent(self) -> bool:
        """Whether records are left to send."""
        return bool(self._held) or (self._file is not None and self._read(self._file) != b"")

    def is_sent(self) -> bool:
        """Whether nothing is left to send, neither records nor files."""
        return not self.has_unsent() and not self.outbox.waiting()

    def acknowledge(self, chunk: Chunk, url: str) -> None:
        """The server at `url` has stored `chunk`."""
        self._sent = chunk.end
        with self._lock:
            for _ in range(min(chunk.held, len(self._held))):
                self._held_bytes -= len(self._held.popleft())
        if chunk.held == 0:
            with suppress(OSError):  # then it is sent again, which changes nothing
                _replace(self.folder / "sent", f"{chunk.end} {url}")

    def refuse(self, what: object, reason: str) -> None:
        """Set aside what the server will never take."""
        self._trouble.tell(
            "refused",
            f"the server refused a part of {self.header.name}: {reason} It is kept in "
            f"{self.folder / 'refused.jsonl'}.",
        )
        with suppress(OSError), (self.folder / "refused.jsonl").open("a") as file:
            file.write(json.dumps({"what": what, "reason": reason}, default=str) + "\n")

    # Life

    def rescue(self) -> None:
        """Give what is held in memory a last chance on the disk; what it refuses is lost."""
        with self._lock:
            held, self._held, self._held_bytes = self._held, deque(), 0
        for line in held:
            self._append(line)
        self.dropped += len(self._held)

    def close(self) -> None:
        """Let go of the folder, for `maestro sync` to take."""
        with self._lock:
            for descriptor in (self._owner, self._file):
                if descriptor is not None:
                    os.close(descriptor)
            self._owner = self._file = None

    def delete(self) -> None:
        """Remove the folder, all of which the server has; with something refused it is kept, closed."""
        self.close()
        if (self.folder / "refused.jsonl").exists():
            with suppress(OSError):
                (self.folder / HEADER).rename(self.folder / "sent.json")  # no log to send any more
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def after_fork(self) -> None:
        """In a child: go on appending to the same file, and leave sending to the parent."""
        self._lock = RLock()
        self.outbox.forget_lock()
        self._trouble.forget_lock()
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None


_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


def _decoded(lines: list[bytes]) -> list[Record]:
    """The records in `lines`; a line that a full disk tore is none."""
    records = []
    for line in lines:
        with suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, dict):
                records.append(record)
    return records


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text)
    draft.replace(path)
