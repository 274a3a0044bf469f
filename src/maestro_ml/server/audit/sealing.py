"""Gives committed entries their place in the chains, a few seconds after their commit."""

from __future__ import annotations

import time

from maestro_ml.server.audit.repository import AuditRepository
from maestro_ml.server.kernel.db import UnitsOfWork

_REASON = "the audit entries of every tenant are sealed"
_AT_ONCE = 1000
_SECONDS = 4.0


class AuditSealing:
    """What any one worker does for all, a few seconds at a time; two at once wait for each other."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    async def run(self) -> None:
        """Seal what is committed, in transactions that hold a tenant's chain for a moment each."""
        deadline = time.monotonic() + _SECONDS
        async with self._units.system(reason=_REASON) as unit:
            waiting = await AuditRepository(unit.session).tenants_waiting()
        while waiting and time.monotonic() < deadline:
            async with self._units.system(reason=_REASON) as unit:
                sealed = await AuditRepository(unit.session).seal(waiting[0], most=_AT_ONCE)
            # In turns, so that a busy tenant keeps no other waiting.
            tenant_id = waiting.pop(0)
            if sealed == _AT_ONCE:
                waiting.append(tenant_id)
