"""The shape of a metric in a few characters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

_BARS = "▁▂▃▄▅▆▇█"
_MOST = 1000


class Trace:
    """The points of one metric, thinned out where there are many."""

    def __init__(self) -> None:
        self._points: list[tuple[int, float]] = []

    def add(self, points: Iterable[tuple[int, float]]) -> None:
        """Take in points of (step, value)."""
        self._points = sorted([*self._points, *points], key=lambda point: point[0])
        if len(self._points) > _MOST:
            self._points = self._points[::-2][::-1]  # the last one stays

    @property
    def latest(self) -> tuple[int, float] | None:
        """The step and value of the last one."""
        return self._points[-1] if self._points else None

    def line(self, width: int) -> str:
        """A bar for each of `width` stretches of steps, from the lowest to the highest value."""
        finite = [point for point in self._points if math.isfinite(point[1])]
        if not finite:
            return ""
        first, last = finite[0][0], finite[-1][0]
        reach = max(1, last - first + 1)
        drawn: dict[int, float] = {(s - first) * width // reach: v for s, v in finite}
        low, high = min(drawn.values()), max(drawn.values())
        bars = {place: _bar(value, low, high) for place, value in drawn.items()}
        return "".join(_filled(bars))


def _bar(value: float, low: float, high: float) -> str:
    share = (
        (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
    )  # halves: no overflow
    return _BARS[min(len(_BARS) - 1, int(share * len(_BARS)))]


def _filled(bars: dict[int, str]) -> Iterable[str]:
    """Stretches without a point are as high as the one before."""
    places = [*sorted(bars)]
    for place, following in pairwise([*places, places[-1] + 1]):
        yield bars[place] * (following - place)
