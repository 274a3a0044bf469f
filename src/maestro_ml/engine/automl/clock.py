"""The moments of a search that everything must keep to."""

from dataclasses import dataclass


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
