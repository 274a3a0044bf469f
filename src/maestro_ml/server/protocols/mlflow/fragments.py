"""Runs as JSON, kept for as long as they cannot have changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

import orjson

from maestro_ml.server.protocols.mlflow.documents import run_document
from maestro_ml.server.tracking import FoundRun, WholeRunRecord

MOST_BYTES = 32 * 1024**2


class RunFragments:
    """The bounded memory of a process.

    A run that has ended gets a new version with every change, late metrics included, so what was
    rendered of a version stays true. A run that goes on is rendered each time.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[UUID, UUID, int], bytes] = OrderedDict()

    def known(self, tenant_id: UUID, runs: Iterable[FoundRun]) -> dict[UUID, bytes]:
        """What is kept of `runs`, by id."""
        found: dict[UUID, bytes] = {}
        for run in runs:
            key = (tenant_id, run.id, run.version)
            if run.ended and key in self._kept:
                self._kept.move_to_end(key)
                found[run.id] = self._kept[key]
        return found

    def render(self, tenant_id: UUID, records: Iterable[WholeRunRecord]) -> dict[UUID, bytes]:
        """`records` as JSON by id; those that have ended are kept."""
        rendered: dict[UUID, bytes] = {}
        for record in records:
            body = rendered[record.id] = orjson.dumps(run_document(record))
            if record.ended_at is not None:
                self._keep((tenant_id, record.id, record.ver), body)
        return rendered

    def _keep(self, key: tuple[UUID, UUID, int], body: bytes) -> None:
        self._bytes += len(body) - len(self._kept.pop(key, b""))
        self._kept[key] = body
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)
