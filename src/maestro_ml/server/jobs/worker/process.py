"""A child process in a group of its own: its pipes, its end, what it uses."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import psutil

from maestro_ml.contracts.jobs import JobUsage
from maestro_ml.server.jobs.channel import Handover, Report

_LINE = 64 * 1024**2


class Child:
    """A running child; `reports` come from a pipe that user code does not print to."""

    def __init__(self, process: Process, reports: asyncio.StreamReader) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._reports = reports
        self._peak_mb = 0.0
        self._cpu_seconds = 0.0
        self.streams = {"stdout": process.stdout, "stderr": process.stderr}

    @classmethod
    async def start(cls, command: Sequence[str], handover: Handover) -> Child:
        """Start `command` and hand over; `handover.reports_fd` is filled in here."""
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                pass_fds=[writing],
                start_new_session=True,
                env=_environment(),
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        child = cls(process, await _reader(reading))
        filled = handover.model_copy(update={"reports_fd": writing})
        assert process.stdin is not None
        with suppress(ConnectionError):  # a child that died at once is judged by its exit code
            process.stdin.write(filled.model_dump_json().encode() + b"\n")
            await process.stdin.drain()
        return child

    @property
    def exit_code(self) -> int | None:
        """None while it runs, negative for a signal."""
        return self._process.returncode

    async def reports(self) -> AsyncIterator[Report]:
        """What it reports, until it ends."""
        while line := await self._reports.readline():
            yield Report.model_validate_json(line)

    async def wait(self, seconds: float) -> bool:
        """Whether it has ended, after waiting at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._process.wait()), seconds)
        return self._process.returncode is not None

    def terminate(self) -> None:
        """Ask it to end; its own children hear of it from it."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill_group(self) -> None:
        """End it and all it has started, whether it has ended or not."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def measure(self) -> float:
        """Take a sample of what all its processes use: their memory now, in MB."""
        memory = cpu = 0.0
        for process in _tree(self._process.pid):
            with suppress(psutil.Error):
                memory += process.memory_info().rss / 1e6
                times = process.cpu_times()
                cpu += times.user + times.system
        self._peak_mb = max(self._peak_mb, memory)
        self._cpu_seconds = max(self._cpu_seconds, cpu)
        return memory

    def usage(self, told: JobUsage | None = None) -> JobUsage:
        """What it has used: the samples, or what it `told` at its end if that is more."""
        told = told or JobUsage()
        return JobUsage(
            peak_memory_mb=round(max(self._peak_mb, told.peak_memory_mb or 0.0), 1),
            cpu_seconds=round(max(self._cpu_seconds, told.cpu_seconds or 0.0), 2),
        )


def _environment() -> dict[str, str]:
    """Ours without our settings: the child gets those by hand, and user code must not find them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAESTRO_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    return reader
