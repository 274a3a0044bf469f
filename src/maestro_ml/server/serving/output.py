"""What the processes of models print, and what befell them: the last lines of each, in memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from uuid import UUID

from maestro_ml.contracts.serving import DeploymentLogLine, LogSource
from maestro_ml.server.kernel.clock import now

MAX_LINES = 2000
_MAX_CHARACTERS = 256 * 1024
_MAX_LINE = 4000
_MAX_LOGS = 200


class ModelLog:
    """The last 2,000 lines, or 256 KiB, of one version; it survives the version's processes."""

    def __init__(self) -> None:
        self._lines: deque[DeploymentLogLine] = deque()
        self._characters = 0
        self._last = 0

    def add(self, source: LogSource, text: str) -> None:
        """Note a line; a longer one than 4,000 characters is cut."""
        self._last += 1
        line = DeploymentLogLine(seq=self._last, at=now(), source=source, text=text[:_MAX_LINE])
        self._lines.append(line)
        self._characters += len(line.text)
        while len(self._lines) > MAX_LINES or self._characters > _MAX_CHARACTERS:
            self._characters -= len(self._lines.popleft().text)

    def read(self, after: int) -> list[DeploymentLogLine]:
        """The lines since number `after`; all, if that number is another gateway's."""
        if after > self._last:
            after = 0
        return [line for line in self._lines if line.seq > after]


class ModelLogs:
    """The logs of the 200 versions that were loaded last."""

    def __init__(self) -> None:
        self._logs: OrderedDict[tuple[UUID, UUID], ModelLog] = OrderedDict()

    def open(self, tenant_id: UUID, version_id: UUID) -> ModelLog:
        """The log of a tenant's version, to write to."""
        log = self._logs.setdefault((tenant_id, version_id), ModelLog())
        self._logs.move_to_end((tenant_id, version_id))
        if len(self._logs) > _MAX_LOGS:
            self._logs.popitem(last=False)
        return log

    def find(self, tenant_id: UUID, version_id: UUID) -> ModelLog:
        """The log of a tenant's version, to read; an empty one if it never was loaded."""
        return self._logs.get((tenant_id, version_id)) or ModelLog()


class OutputLines(asyncio.Protocol):
    """Splits what a process writes into lines; `ended` is set when nothing more can come."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._rest = b""
        self.ended = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Tell every whole line, and what is too long to be kept waiting for its end."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MAX_LINE:
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._tell(line)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell what had no end."""
        if self._rest:
            self._tell(self._rest)
        self.ended.set()

    def _tell(self, line: bytes) -> None:
        # A progress bar writes over itself: its last state is what one would see.
        self._on_line(line.decode("utf-8", "replace").rstrip("\r").rsplit("\r", 1)[-1])
