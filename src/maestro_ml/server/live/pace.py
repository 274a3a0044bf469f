"""How often a feed looks at the rows."""

from __future__ import annotations

import asyncio

from maestro_ml.server.kernel.events import Subscription

# Hints make it live; looking without one covers those that were lost.
LOOK_SECONDS = 10.0


async def rest(hints: Subscription, took: float, *, shortest: float, longest: float) -> None:
    """Wait for a hint, but leave the database alone for ten times as long as it worked."""
    await asyncio.sleep(min(max(shortest, 10 * took), longest))
    await hints.wait(LOOK_SECONDS)
