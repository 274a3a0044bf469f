"""Tells live pages which runs the hot paths changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.kernel.events import HintSender
from maestro_ml.server.tracking.repository import RUN_WRITERS
from maestro_ml.server.tracking.rules import RUN_TOPIC


class HintedCalls:
    """Calls that send a hint about the runs that a function of tracking wrote to."""

    def __init__(self, calls: Calls, hints: HintSender) -> None:
        self._calls = calls
        self._hints = hints

    async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
        """All rows of `statement`."""
        found = await self._calls.rows(statement, *arguments)
        if statement in RUN_WRITERS:
            # Each of them takes the tenant first, and then its run or runs.
            tenant_id, runs = arguments[:2]
            self._hints.changed(tenant_id, RUN_TOPIC, runs if isinstance(runs, list) else [runs])
        return found
