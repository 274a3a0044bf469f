"""Files of a run that wait for the server, as they were when they were logged."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from threading import RLock
from typing import BinaryIO
from uuid import uuid4

from maestro_ml.sdk.logging.trouble import Trouble


class Outbox:
    """Copies below `folder`: where a file lies there is the path that it gets in the run.

    A copy appears whole or not at all, and one of the same path takes its place; so the folder is
    its own queue, and nothing is lost or sent in half when the process dies. Nothing here raises.
    """

    def __init__(self, folder: Path, trouble: Trouble) -> None:
        self._folder = folder
        self._drafts = folder.with_name("drafts")
        self._trouble = trouble
        self._lock = RLock()

    def put(self, source: Path, path: str) -> None:
        """Copy a file, or all files of a folder, to be stored at `path`."""
        try:
            if source.is_dir():
                for file in sorted(each for each in source.rglob("*") if each.is_file()):
                    self._put(file, f"{path}/{file.relative_to(source).as_posix()}")
            else:
                self._put(source, path)
        except (OSError, ValueError) as error:
            self._tell(path, error)

    def put_text(self, text: str, path: str) -> None:
        """A file that holds `text`."""
        try:
            with self._drafted(path) as draft:
                draft.write_text(text, errors="replace")
        except (OSError, ValueError) as error:
            self._tell(path, error)

    def _put(self, source: Path, path: str) -> None:
        with self._drafted(path) as draft:
            shutil.copyfile(source, draft)

    @contextmanager
    def _drafted(self, path: str) -> Iterator[Path]:
        target = self._folder / _relative(path)
        draft = self._drafts / uuid4().hex
        draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            yield draft
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock:
                draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def _tell(self, path: str, error: Exception) -> None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            self._trouble.tell_full(self._folder.parent, error)
            return
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        self._trouble.tell(f"file {path}", f"the file {path} was not logged: {reason}.")

    def waiting(self) -> list[str]:
        """The paths of all files that wait, in order."""
        if not self._folder.is_dir():
            return []
        found = (Path(base, name) for base, _, names in os.walk(self._folder) for name in names)
        return sorted(file.relative_to(self._folder).as_posix() for file in found)

    @contextmanager
    def taken(self, path: str) -> Iterator[BinaryIO]:
        """The open file at `path`; a block without error removes it, unless it was replaced."""
        file = self._folder / path
        with file.open("rb") as opened:
            yield opened
            with self._lock, suppress(OSError):
                if os.path.samestat(os.fstat(opened.fileno()), file.stat()):
                    file.unlink()

    def refuse(self, path: str) -> None:
        """Set aside a file that the server will never take."""
        target = self._folder.with_name("refused") / path
        with suppress(OSError):
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._folder / path).replace(target)

    def forget_lock(self) -> None:
        """Start over in a forked child, where the thread that held the lock does not exist."""
        self._lock = RLock()


def _relative(path: str) -> PurePosixPath:
    """`path` within the run. Raises ValueError if it leads elsewhere."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or not parts.parts or ".." in parts.parts or "\x00" in path:
        raise ValueError("its path must lead to a place within the run")
    return parts
