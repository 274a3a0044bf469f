"""Rate limits of one process: a sliding window for each caller and class of endpoint."""

from __future__ import annotations

import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from maestro_ml.server.kernel.errors import RateLimited
from maestro_ml.server.kernel.http.edge import Tier
from maestro_ml.server.kernel.settings import LimitSettings


class WindowLimiter:
    """Counts in this process's memory; several API processes each allow their share."""

    def __init__(self, settings: LimitSettings) -> None:
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())
        wanted: dict[Tier, tuple[type[RateLimitItem], int]] = {
            Tier.LOGIN: (RateLimitItemPerMinute, settings.login_per_minute),
            Tier.API: (RateLimitItemPerMinute, settings.api_per_minute),
            Tier.INGEST: (RateLimitItemPerMinute, settings.ingest_per_minute),
            Tier.AUTOML: (RateLimitItemPerHour, settings.automl_per_hour),
        }
        self._items = {tier: item(amount) for tier, (item, amount) in wanted.items() if amount}

    def hit(self, tier: Tier, key: str) -> dict[str, str]:
        """Count one request of `key`; the X-RateLimit headers. Raises RateLimited."""
        item = self._items.get(tier)
        if item is None:
            return {}
        allowed = self._window.hit(item, tier.value, key)
        stats = self._window.get_window_stats(item, tier.value, key)
        wait = max(1, round(stats.reset_time - time.time()))
        if not allowed:
            raise RateLimited(
                f"More than {item.amount} requests in {item.get_expiry() // 60} min. "
                f"Wait {wait} s and try again.",
                retry_after=wait,
            )
        return {
            "x-ratelimit-limit": str(item.amount),
            "x-ratelimit-remaining": str(stats.remaining),
            "x-ratelimit-reset": str(wait),
        }
