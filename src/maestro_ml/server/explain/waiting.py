"""Waits a while for an explanation that is being made, so that short work needs no second request."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.explain import Explanation, ExplanationPending
from maestro_ml.server.explain.service import ExplainService
from maestro_ml.server.jobs import JOB_TOPIC
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.events import EventHub

# Hints tell when a job has moved; looking without one covers those that were lost.
_LOOK_SECONDS = 1.0


class Waiter:
    """Reads in short units of its own, so that no transaction stays open while it waits."""

    def __init__(self, explain: ExplainService, units: UnitsOfWork, events: EventHub) -> None:
        self._explain = explain
        self._units = units
        self._events = events

    async def wait(
        self, unit: UnitOfWork, id: UUID, *, seconds: float
    ) -> Explanation | ExplanationPending:
        """The explanation, or how far it is after `seconds`; commits the unit that asked for it.

        Raises ExplanationNotFound, ExplanationFailed.
        """
        found = await self._explain.get(unit, id)
        await unit.commit()
        if isinstance(found, Explanation) or seconds == 0:
            return found
        context, start = unit.context, now()
        async with self._events.subscribe(context.tenant_id, JOB_TOPIC, found.job_id) as hints:
            while isinstance(found, ExplanationPending):
                left = seconds - (now() - start).total_seconds()
                if left <= 0:
                    break
                await hints.wait(min(left, _LOOK_SECONDS))
                async with self._units.tenant(context) as short:
                    found = await self._explain.get(short, id)
        return found
