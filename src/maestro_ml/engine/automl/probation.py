"""Whether what past tasks recommend does well on this one, judged by the first few of both kinds."""

from collections.abc import Collection, Sequence

from maestro_ml.engine.automl.portfolio import Candidate

# So many recalled candidates and as many others are compared, and nothing is decided before.
_JUDGED = 3


class Probation:
    """Compares the best of the first recalled candidates with the best of the first others."""

    def __init__(
        self, candidates: Sequence[tuple[int, Candidate]], recalled: Collection[str]
    ) -> None:
        """Numbered `candidates` in their order; `recalled` names those that come from past tasks."""
        self._recalled = frozenset(recalled)
        own = [number for number, candidate in candidates if candidate.name not in self._recalled]
        past = [number for number, candidate in candidates if candidate.name in self._recalled]
        self._own, self._past = own[:_JUDGED], past[:_JUDGED]
        self._scores: dict[int, float] = {}
        self._open = len(past) > _JUDGED <= len(own)

    def is_recalled(self, numbered: tuple[int, Candidate]) -> bool:
        """True for a candidate that comes from past tasks."""
        return numbered[1].name in self._recalled

    def failed_by(self, number: int, score: float) -> bool:
        """Take a first result; True, once, when with it the recalled ones are found to be behind."""
        self._scores.setdefault(number, score)
        if not self._open or not all(n in self._scores for n in (*self._own, *self._past)):
            return False
        self._open = False
        return max(self._scores[n] for n in self._past) < max(self._scores[n] for n in self._own)
