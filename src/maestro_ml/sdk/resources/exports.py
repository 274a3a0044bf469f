"""Whole runs, as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from maestro_ml.contracts.imports import RunExport, SeriesImport
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class Exports:
    """`client.exports`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def run(self, run_id: UUID | str) -> tuple[RunExport, Iterator[SeriesImport]]:
        """A run, and all its points, a few thousand at a time. Raises NotFound."""
        lines = self._transport.lines(api("exports", "runs", run_id))
        head = RunExport.model_validate_json(next(lines))
        return head, (SeriesImport.model_validate_json(line) for line in lines)
