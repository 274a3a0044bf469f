"""Ingestion in a subprocess with limits: whatever an upload holds, this process stays up and small."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import psutil

from maestro_ml.contracts.dataset_profile import IngestedTable
from maestro_ml.server.datasets.ingest.errors import (
    IngestError,
    MemoryLimit,
    TimeLimit,
    storage_guard,
)
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits
from maestro_ml.server.datasets.ingest.options import IngestOptions

_LOOK_EVERY_SECONDS = 0.1
_MODULE = "maestro_ml.server.datasets.ingest"
# The system's allocator with one arena gives memory back soonest: a fourth less than Arrow's own.
_FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


async def ingest_file(
    source: Path,
    target: Path,
    *,
    format: str | None = None,
    encoding: str | None = None,
    header: bool | None = None,
    limits: IngestLimits | None = None,
) -> IngestedTable:
    """Converts the upload `source` (CSV, Parquet or JSON lines, plain, gzip, zstd or zip) to Parquet.

    `target` appears whole, in one step, or not at all; on failure and on cancellation the subprocess is
    killed with its whole group and leaves no file behind.

    Raises:
        IngestError: the upload is no table, a limit was hit, or the disk is full.
    """
    limits = limits or IngestLimits()
    options = IngestOptions(format=format, encoding=encoding, header=header)
    with storage_guard():
        workspace = Path(tempfile.mkdtemp(prefix=".ingest-", dir=target.parent))
    try:
        table = workspace / "result.parquet"
        result = await _run(source, table, options, limits)
        table.replace(target)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    return result


async def _run(
    source: Path, table: Path, options: IngestOptions, limits: IngestLimits
) -> IngestedTable:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", _MODULE, str(source), str(table), "--supervised"),
        *("--options", json.dumps(asdict(options)), "--limits", json.dumps(asdict(limits))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **_FRUGAL},
    )
    output = asyncio.ensure_future(_output(process))
    try:
        await _watch(process, output, limits)
        stdout, stderr = output.result()
    finally:
        output.cancel()
        await _end(process)
    return _parsed(process.returncode, stdout, stderr)


async def _output(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """All that the process prints; standard input stays open, for its end means that we are gone."""
    assert process.stdout is not None
    assert process.stderr is not None
    stdout, stderr, _ = await asyncio.gather(
        process.stdout.read(), process.stderr.read(), process.wait()
    )
    return stdout, stderr


async def _watch(
    process: asyncio.subprocess.Process,
    output: asyncio.Future[tuple[bytes, bytes]],
    limits: IngestLimits,
) -> None:
    """Returns when the process has ended by itself; raises as soon as it is beyond a limit."""
    deadline = time.monotonic() + limits.seconds
    while not output.done():
        await asyncio.wait([output], timeout=_LOOK_EVERY_SECONDS)
        if _resident_bytes(process.pid) > limits.memory_bytes:
            text = f"Reading the file took more than {limits.memory_bytes // MIB:,} MiB of memory."
            raise MemoryLimit(text, "Split it, or ask your administrator to raise the limit.")
        if time.monotonic() > deadline:
            text = f"Reading the file took longer than {limits.seconds:g} seconds."
            raise TimeLimit(text, "Split it, or ask your administrator to raise the limit.")


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it may have ended a moment ago by itself
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _parsed(returncode: int | None, stdout: bytes, stderr: bytes) -> IngestedTable:
    if returncode == 0:
        return IngestedTable.model_validate_json(stdout)
    if returncode == 2 and stdout:
        raise IngestError.from_dict(json.loads(stdout))
    last = stderr.decode(errors="replace").strip().rpartition("\n")[2] or "no message"
    text = f"Reading the file failed unexpectedly (exit code {returncode}: {last})."
    raise IngestError(text, "Try again; if it fails again, report it with the file's first rows.")
