"""What happened to a run since somebody looked, inside a unit of work."""

from __future__ import annotations

import re
from uuid import UUID

from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.paging import CursorInvalid
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.repository import ChangeRepository, RunChanges

_MOMENT = re.compile(r"[0-9]{1,20}:[0-9]{1,20}:([0-9]{1,20}(,[0-9]{1,20})*)?")
MOST_POINTS = 5000
"""New points in one answer; whoever has more of them to catch up with reads the history."""


class ChangeUseCases:
    """For whoever follows a run."""

    async def run_changes(self, unit: UnitOfWork, run_id: UUID, *, since: str | None) -> RunChanges:
        """What happened since the `moment` of another answer; without one this moment alone.

        Raises RunNotFound, CursorInvalid.
        """
        repository = ChangeRepository(unit.session, unit.context.tenant_id, run_id)
        if since is None:
            moment = await repository.now()
            found = None if moment is None else RunChanges(moment, run=True, points=[], reread=[])
        else:
            found = await repository.since(checked_moment(since), most=MOST_POINTS)
        if found is None:
            raise outcomes.run_not_found(run_id)
        return found


def checked_moment(text: str) -> str:
    """`text`, which came back from a client. Raises CursorInvalid."""
    if not _is_moment(text):
        raise CursorInvalid("Pass the cursor of the last message unchanged, or none.")
    return text


def _is_moment(text: str) -> bool:
    """Whether PostgreSQL can have written it: the first open transaction, the next one, the open ones."""
    if _MOMENT.fullmatch(text) is None:
        return False
    first, following, open_ones = text.split(":")
    numbers = [int(first), *(int(number) for number in open_ones.split(",") if number)]
    return numbers[0] > 0 and numbers[-1] <= int(following) < 2**63 and numbers == sorted(numbers)
