"""Units of work that commit only for the current attempt of a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from maestro_ml.server.jobs.errors import AttemptSuperseded
from maestro_ml.server.jobs.repository import AttemptRepository
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True)
class Fence:
    """The attempt that may write."""

    tenant_id: UUID
    job_id: UUID
    attempt: int


@dataclass
class FencedUnit(UnitOfWork):
    """Its commit holds the attempt in place, or raises AttemptSuperseded and writes nothing."""

    fence: Fence = field(kw_only=True)

    async def commit(self) -> None:
        """Commit if the attempt is still the job's current one."""
        attempts = AttemptRepository(self.session, self.fence.tenant_id, self.fence.job_id)
        if not await attempts.hold(self.fence.attempt):
            raise AttemptSuperseded(
                f"Attempt {self.fence.attempt} of the job {self.fence.job_id} is over: it was "
                "cancelled, or another worker runs the job now. This process must end."
            )
        await super().commit()


class FencedUnits(UnitsOfWork):
    """Opens fenced units on the database behind `units`."""

    def __init__(self, units: UnitsOfWork, fence: Fence) -> None:
        self._units = units
        self._fence = fence

    def tenant(self, context: Context) -> UnitOfWork:
        """A fenced unit of the context's tenant."""
        unit = self._units.tenant(context)
        return FencedUnit(unit.session, unit.audit, context, fence=self._fence)

    def system(self, *, reason: str) -> UnitOfWork:
        """Never: a job stays in its tenant."""
        raise RuntimeError(f"a job does not cross tenants (reason given: {reason})")
