"""The shape of a metric in a few characters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

_BARS = "▁▂▃▄▅▆▇█"
_MOST = 1000


class Trace:
    """The points of one metric: the last one of each stretch of steps, and few stretches."""

    def __init__(self) -> None:
        self._stretch = 1
        self._points: dict[int, tuple[int, float]] = {}

    def add(self, points: Iterable[tuple[int, float]]) -> None:
        """Take in points of (step, value)."""
        for step, value in points:
            place = step // self._stretch
            if place not in self._points or self._points[place][0] <= step:
                self._points[place] = step, value
        while len(self._points) > _MOST:
            self._stretch *= 2
            known = sorted(self._points.values())
            self._points = {step // self._stretch: (step, value) for step, value in known}

    @property
    def latest(self) -> tuple[int, float] | None:
        """The step and value of the last one."""
        return self._points[max(self._points)] if self._points else None

    def line(self, width: int) -> str:
        """A bar for each of `width` stretches of steps, from the lowest to the highest value."""
        finite = sorted(point for point in self._points.values() if math.isfinite(point[1]))
        if not finite:
            return ""
        first, last = finite[0][0], finite[-1][0]
        reach = max(1, last - first + 1)
        drawn: dict[int, float] = {(s - first) * width // reach: v for s, v in finite}
        low, high = min(drawn.values()), max(drawn.values())
        bars = {place: _bar(value, low, high) for place, value in drawn.items()}
        return "".join(_filled(bars))


def _bar(value: float, low: float, high: float) -> str:
    # Of halves, whose difference cannot overflow.
    share = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
    return _BARS[min(len(_BARS) - 1, int(share * len(_BARS)))]


def _filled(bars: dict[int, str]) -> Iterable[str]:
    """Stretches without a point are as high as the one before."""
    places = [*sorted(bars)]
    for place, following in pairwise([*places, places[-1] + 1]):
        yield bars[place] * (following - place)
