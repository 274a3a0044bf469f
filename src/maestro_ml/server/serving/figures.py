"""How often deployments are asked and how long they take, counted in the gateway's memory."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.serving import DeploymentFigures, Latency
from maestro_ml.server.kernel.clock import now

REMEMBERED = 1000
_MAX_DEPLOYMENTS = 10_000
_MINUTE = 60.0


@dataclass(slots=True)
class _Counted:
    requests: int = 0
    errors: int = 0
    # Seconds on the monotonic clock, and milliseconds taken, of the last requests.
    recent: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    last_at: datetime | None = None


class Figures:
    """Counts since the process started; the 10,000 deployments asked last are remembered."""

    def __init__(self) -> None:
        self._since = now()
        self._counted: OrderedDict[tuple[UUID, str], _Counted] = OrderedDict()

    def add(self, tenant_id: UUID, deployment: str, *, seconds: float, failed: bool) -> None:
        """Count a request."""
        key = (tenant_id, deployment)
        counted = self._counted.get(key)
        if counted is None:
            counted = self._counted[key] = _Counted()
            if len(self._counted) > _MAX_DEPLOYMENTS:
                self._counted.popitem(last=False)
        else:
            self._counted.move_to_end(key)
        counted.requests += 1
        counted.errors += failed
        counted.recent.append((time.monotonic(), seconds * 1000))
        counted.last_at = now()

    def get(self, tenant_id: UUID, deployment: str) -> DeploymentFigures:
        """What was counted of a deployment; zeros if it was never asked."""
        counted = self._counted.get((tenant_id, deployment), _Counted())
        ago = time.monotonic() - _MINUTE
        taken = sorted(milliseconds for _, milliseconds in counted.recent)
        return DeploymentFigures(
            since=self._since,
            requests=counted.requests,
            errors=counted.errors,
            last_minute=sum(moment >= ago for moment, _ in counted.recent),
            last_at=counted.last_at,
            milliseconds=_latency(taken) if taken else None,
        )


def _latency(taken: list[float]) -> Latency:
    def quantile(share: float) -> float:
        return round(taken[min(len(taken) - 1, int(share * len(taken)))], 3)

    return Latency(p50=quantile(0.5), p95=quantile(0.95), p99=quantile(0.99), rows=len(taken))
