"""The processes of one PostgreSQL server, recognised by its name in their titles."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil

PATIENCE = 2.0  # seconds; SIGQUIT ends a server process at once, unless it is stuck


def find_postmaster(data: Path, name: str) -> psutil.Process | None:
    """The living postmaster that the pid file names; None for a zombie's or a stranger's pid."""
    lines = pid_file_lines(data)
    if not lines or not lines[0].isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
    except psutil.NoSuchProcess:
        return None
    return process if _belongs(process, name) else None


def pid_file_lines(data: Path) -> list[str]:
    """Line 1 is the postmaster's pid, line 8 its state ("starting", "ready", "stopping")."""
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def end_orphans(name: str) -> None:
    """End the server processes that a killed postmaster left behind."""
    orphans = [process for process in psutil.process_iter() if _belongs(process, name)]
    for signal_number in (signal.SIGQUIT, signal.SIGKILL):
        for process in orphans:
            send_signal(process, signal_number)
        _, orphans = psutil.wait_procs(orphans, timeout=PATIENCE)


def send_signal(process: psutil.Process, signal_number: int) -> None:
    try:
        process.send_signal(signal_number)
    except psutil.NoSuchProcess:
        return


def _belongs(process: psutil.Process, name: str) -> bool:
    """By title, not by working folder: in a container even root may not read the latter.

    A zombie has no title. The postmaster carries `cluster_name=<name>` among its arguments, its
    children are titled `postgres: <name>: ...`.
    """
    try:
        title = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return f"cluster_name={name}" in title or title.startswith(f"postgres: {name}: ")
