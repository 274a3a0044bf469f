"""Rate limits of one process: a sliding window for each caller and class of endpoint."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from maestro_ml.server.kernel.errors import RateLimited
from maestro_ml.server.kernel.http.edge import Tier
from maestro_ml.server.kernel.settings import LimitSettings

_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class _Limit:
    amount: int
    seconds: int


@dataclass(slots=True)
class _Counter:
    """Hits in the window with this number, and in the one before it."""

    window: int
    hits: int = 0
    before: int = 0


class WindowLimiter:
    """Counts in this process's memory; several API processes each allow their share.

    Of the window before, what still lies within the last minute or hour counts, as if its hits had
    come evenly. A hit costs a microsecond, because every request is one.
    """

    def __init__(
        self, settings: LimitSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._counters: OrderedDict[tuple[Tier, str], _Counter] = OrderedDict()
        wanted = {
            Tier.LOGIN: _Limit(settings.login_per_minute, 60),
            Tier.API: _Limit(settings.api_per_minute, 60),
            Tier.INGEST: _Limit(settings.ingest_per_minute, 60),
            Tier.AUTOML: _Limit(settings.automl_per_hour, 3600),
        }
        self._limits = {tier: limit for tier, limit in wanted.items() if limit.amount}

    def hit(self, tier: Tier, key: str) -> dict[str, str]:
        """Count one request of `key`; the X-RateLimit headers. Raises RateLimited."""
        limit = self._limits.get(tier)
        if limit is None:
            return {}
        window, passed = divmod(self._clock(), limit.seconds)
        counter = self._counter((tier, key), int(window))
        used = counter.hits + counter.before * (1 - passed / limit.seconds)
        wait = str(max(1, math.ceil(limit.seconds - passed)))
        if used + 1 > limit.amount:
            raise RateLimited(
                f"More than {limit.amount} requests in {limit.seconds // 60} min. "
                f"Wait {wait} s and try again.",
                retry_after=int(wait),
            )
        counter.hits += 1
        return {
            "x-ratelimit-limit": str(limit.amount),
            "x-ratelimit-remaining": str(int(limit.amount - used - 1)),
            "x-ratelimit-reset": wait,
        }

    def _counter(self, key: tuple[Tier, str], window: int) -> _Counter:
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = _Counter(window)
            if len(self._counters) > _REMEMBERED:
                self._counters.popitem(last=False)
        elif counter.window != window:
            counter.before = counter.hits if counter.window == window - 1 else 0
            counter.window, counter.hits = window, 0
            self._counters.move_to_end(key)
        return counter
