"""The draw that lets some searches begin without history, so that its value can be measured."""

from __future__ import annotations

import random

from pydantic import BaseModel, ConfigDict

from maestro_ml.contracts.automl import SearchArm

ENOUGH_SEARCHES = 3
"""Fewer past searches are not worth a comparison: what they know is hardly more than chance."""


class StartDraw(BaseModel):
    """How a search begins, decided once at its submission.

    past_searches: that there were. arm, propensity, seed: what the draw gave, its chance, and what
    repeats it; None where nothing was drawn.
    """

    model_config = ConfigDict(frozen=True)

    past_searches: int = 0
    eligible: bool = False
    wanted: bool = True
    arm: SearchArm | None = None
    propensity: float | None = None
    seed: int | None = None

    @property
    def uses_history(self) -> bool:
        """Whether the search may learn from earlier ones."""
        return self.wanted and self.eligible and self.arm is not SearchArm.COLD


def draw_start(past_searches: int, *, wanted: bool, cold_share: float, seed: int) -> StartDraw:
    """Decide how a search begins: of those that could start warm, a `cold_share` starts cold."""
    eligible = past_searches >= ENOUGH_SEARCHES
    undrawn = StartDraw(past_searches=past_searches, eligible=eligible, wanted=wanted)
    if not (eligible and wanted and cold_share):
        return undrawn
    cold = random.Random(seed).random() < cold_share  # noqa: S311 - a lot, not a secret
    arm, chance = (SearchArm.COLD, cold_share) if cold else (SearchArm.WARM, 1 - cold_share)
    return undrawn.model_copy(update={"arm": arm, "propensity": chance, "seed": seed})
