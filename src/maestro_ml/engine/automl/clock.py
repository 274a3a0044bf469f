"""The moments of a search that everything must keep to."""

import math
import time
from dataclasses import dataclass

from maestro_ml.engine.automl.errors import BudgetTooSmallError


@dataclass(frozen=True)
class Clock:
    """The search's times on the monotonic clock, in the order in which they come."""

    began: float
    budget: float

    @property
    def trials_end(self) -> float:
        """When trials are ended: what remains is for weighing, loading and importances."""
        return self.ends - min(0.25 * self.budget, max(1.5, 0.06 * self.budget))

    @property
    def ends(self) -> float:
        """When the result must be there."""
        return self.began + self.budget

    def require_time(self) -> None:
        """Raise BudgetTooSmallError when the time is over before there is any model."""
        spent = time.monotonic() - self.began
        if spent >= self.budget:
            raise BudgetTooSmallError(
                f"Reading the table took longer than the time budget of {self.budget:g} s. "
                f"Give at least {math.ceil(2 * spent + 1)} s."
            )
