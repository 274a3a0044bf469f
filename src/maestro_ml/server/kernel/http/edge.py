"""The gate that every request passes: who is it, how often, and may they?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol

from starlette.types import Scope

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.errors import Unauthenticated

PUBLIC: Final[Literal["public"]] = "public"
"""The spelled-out absence of a permission: no credentials are needed."""

ANYONE: Final[Literal["anyone"]] = "anyone"
"""Whoever is logged in: for what concerns the caller alone."""

Demand = Permission | Literal["public", "anyone"]
"""What a route asks of its caller."""


class Tier(StrEnum):
    """The class of an endpoint for rate limits."""

    LOGIN = "login"
    API = "api"
    INGEST = "ingest"
    AUTOML = "automl"
    PROBE = "probe"


class Authenticator(Protocol):
    """Turns the Authorization header into a context."""

    async def authenticate(
        self, authorization: str, request_id: str, on_guess: Callable[[], None] | None = None
    ) -> Context:
        """The caller's context. Raises Unauthenticated with the reason.

        `on_guess` is called before a password is checked, and may raise; without one no password is.
        """


class Limiter(Protocol):
    """Counts requests in a sliding window."""

    def hit(self, tier: Tier, key: str) -> dict[str, str]:
        """Count one request of `key`; the X-RateLimit headers. Raises RateLimited."""


def header(scope: Scope, name: bytes) -> str:
    """The first value of header `name` (lower case), or an empty string."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return ""


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return f"address:{client[0] if client else '-'}"


@dataclass(frozen=True, slots=True)
class Edge:
    """Authentication, rate limit and permission of a process, and its units of work."""

    authenticator: Authenticator
    limiter: Limiter
    units: UnitsOfWork

    async def admit(self, scope: Scope, permission: Demand, tier: Tier) -> Context | None:
        """The caller's context, None on public routes.

        Raises Unauthenticated, RateLimited or PermissionMissing.
        """
        state = scope["state"]
        if permission == PUBLIC:
            state["rate_limit"] = self.limiter.hit(tier, _address(scope))
            return None
        authorization = header(scope, b"authorization")
        if not authorization:
            raise Unauthenticated(
                "Send an API key or an access token as 'Authorization: Bearer …'. "
                "`maestro login` or POST /api/v1/auth/login gives you one."
            )

        def count_guess() -> None:
            self.limiter.hit(Tier.LOGIN, _address(scope))

        context = await self.authenticator.authenticate(
            authorization, state["request_id"], count_guess
        )
        state["context"] = context
        state["rate_limit"] = self.limiter.hit(tier, f"user:{context.actor.id}")
        if permission != ANYONE:
            context.require(permission)
        return context
