"""Sends what ended processes left on this machine: offline runs, and the rest of interrupted ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from maestro_ml.contracts.base import Contract
from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.sdk.credentials import resolve
from maestro_ml.sdk.errors import ConfigurationError, MaestroError
from maestro_ml.sdk.logging.journal import HEADER, Journal, JournalBusy, JournalUnreadable
from maestro_ml.sdk.logging.sender import ParentMissing, Sender, passes
from maestro_ml.sdk.logging.trouble import Trouble
from maestro_ml.sdk.transport import Transport


class SyncState(StrEnum):
    """What became of a log."""

    SENT = "sent"
    RUNNING = "running"
    ELSEWHERE = "elsewhere"
    FAILED = "failed"


class Synced(Contract):
    """One log: its run, its folder, and why it is still there if it is."""

    id: str
    name: str
    state: SyncState
    folder: Path
    detail: str = ""


def find_logs(place: Path) -> list[Path]:
    """The logs in `place`, which is one itself or holds some; the runs that began first come first.

    Raises ConfigurationError when there is no such folder.
    """
    if (place / HEADER).is_file():
        return [place]
    if not place.is_dir():
        raise ConfigurationError(
            f"There is no folder {place}.", "Name the folder of a run, or one that holds such."
        )
    # The ids begin with the time, so parents come before their children.
    return sorted(found.parent for found in place.glob(f"*/{HEADER}"))


def sync(folders: Iterable[Path], *, everything: bool = False) -> Iterator[Synced]:
    """Send logs, one after another, to the server in use; delete those that it has whole.

    Can be stopped and repeated at any point: the server holds each point once. Unless `everything`
    is asked for, logs that were begun for another server are left to it. Raises what says that the
    server does not answer; what is wrong with one log is part of its result.
    """
    found = resolve(None, None)
    sender = Sender(Transport(found.url, found.api_key, timeout=30.0, max_retries=3))
    try:
        for folder in folders:
            yield _sync(folder, sender, found.url, everything=everything)
    finally:
        sender.close()


def _sync(folder: Path, sender: Sender, url: str, *, everything: bool) -> Synced:
    try:
        journal = Journal.open(folder, url, Trouble())
    except JournalBusy as error:
        return _result(folder.name, SyncState.RUNNING, folder, str(error))
    except JournalUnreadable as error:
        return _result(folder.name, SyncState.FAILED, folder, str(error))
    try:
        return _send(journal, sender, url, everything=everything)
    finally:
        journal.close()


def _send(journal: Journal, sender: Sender, url: str, *, everything: bool) -> Synced:
    header, folder = journal.header, journal.folder
    if not everything and header.url not in (None, url):
        detail = f"It was begun for {header.url}. To send it to {url}: maestro sync {folder}"
        return _result(header.id, SyncState.ELSEWHERE, folder, detail, header.name)
    try:
        while sender.send(journal):
            pass
        if not journal.ends:
            sender.end(journal, RunStatus.KILLED, journal.last_logged)
    except MaestroError as error:
        if passes(error) and not isinstance(error, ParentMissing):
            raise
        return _result(header.id, SyncState.FAILED, folder, str(error), header.name)
    journal.delete()
    kept = f"What the server refused is in {folder}." if folder.exists() else ""
    return _result(header.id, SyncState.SENT, folder, kept, header.name)


def _result(id: str, state: SyncState, folder: Path, detail: str, name: str = "") -> Synced:
    return Synced(id=id, name=name or id, state=state, folder=folder, detail=detail)
