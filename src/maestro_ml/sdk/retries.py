"""When a request is sent again, and after what wait."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

NOT_PROCESSED = frozenset({408, 429, 503})
"""The server says that it did nothing: any request may be sent again."""

MAYBE_PROCESSED = frozenset({502, 504})
"""A proxy lost the answer: only what is safe to repeat may be sent again."""

_REPEATABLE = frozenset({"GET", "HEAD", "PUT"})
_NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout)
_LOST_ANSWER = (httpx.NetworkError, httpx.RemoteProtocolError)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that the server asks to wait, from either form of `Retry-After`."""
    value = response.headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(
        0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    )


def is_repeatable(request: httpx.Request) -> bool:
    """Whether sending `request` twice has the effect of sending it once."""
    return request.method in _REPEATABLE or "idempotency-key" in request.headers


@dataclass(frozen=True)
class Retries:
    """Exponential waits with jitter; a conflict (409) is an answer and never sent again."""

    limit: int
    first_wait: float = 0.25
    longest_wait: float = 60.0

    def wait(
        self, attempt: int, outcome: httpx.Response | httpx.TransportError, *, repeatable: bool
    ) -> float | None:
        """Seconds until the attempt after `attempt` (0 is the first), None to stop here."""
        if attempt >= self.limit or not _is_transient(outcome, repeatable=repeatable):
            return None
        asked = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
        if asked is not None:
            return asked if asked <= self.longest_wait else None
        # Jitter spreads clients that failed together; it has nothing to keep secret.
        return min(8.0, self.first_wait * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311


def _is_transient(outcome: httpx.Response | httpx.TransportError, *, repeatable: bool) -> bool:
    if isinstance(outcome, httpx.Response):
        status = outcome.status_code
        return status in NOT_PROCESSED or (repeatable and status in MAYBE_PROCESSED)
    return isinstance(outcome, _NEVER_ARRIVED) or (repeatable and isinstance(outcome, _LOST_ANSWER))
