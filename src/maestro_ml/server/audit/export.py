"""The audit log as a file, for auditors and for archives."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable

import orjson

from maestro_ml.contracts.audit import AuditEvent, AuditFilter, AuditFormat
from maestro_ml.server.audit.service import AuditService
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork

_EVENTS = 1000
_FIELDS = list(AuditEvent.model_fields)
# A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AuditExport:
    """Reads in short units of its own, so that a slow reader holds no transaction open."""

    def __init__(self, audit: AuditService, units: UnitsOfWork) -> None:
        self._audit = audit
        self._units = units

    async def lines(
        self, context: Context, wanted: AuditFilter, form: AuditFormat
    ) -> AsyncIterator[str]:
        """The events that fit, newest first, a thousand at a time."""
        if form is AuditFormat.CSV:
            yield _csv([_FIELDS])
        cursor = None
        while True:
            async with self._units.tenant(context) as unit:
                page = await self._audit.list(unit, limit=_EVENTS, cursor=cursor, wanted=wanted)
            if form is AuditFormat.CSV:
                yield _csv([_cells(event) for event in page.items])
            else:
                yield "".join(f"{event.model_dump_json()}\n" for event in page.items)
            cursor = page.next_cursor
            if cursor is None:
                return


def _csv(rows: Iterable[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _cells(event: AuditEvent) -> list[str]:
    return [_cell(value) for value in event.model_dump(mode="json").values()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text
