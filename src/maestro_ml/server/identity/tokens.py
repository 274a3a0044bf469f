"""The three kinds of credentials: signed access tokens, and random refresh tokens and API keys."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from maestro_ml.server.identity.errors import TokenExpired, TokenInvalid
from maestro_ml.server.kernel.clock import now

API_KEY_PREFIX = "mml_"
_ISSUER = "maestro"
_NEXT = "Log in again (`maestro login`, or POST /api/v1/auth/refresh with the refresh token)."


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says: who, in which tenant, from which login, until when."""

    user_id: UUID
    tenant_id: UUID
    session_id: UUID
    expires_at: datetime


class AccessTokens:
    """Signs and reads JWTs (HS256) with one secret of the installation."""

    def __init__(self, secret: str, *, lifetime: timedelta) -> None:
        self._secret = secret
        self.lifetime = lifetime

    def issue(self, *, user_id: UUID, tenant_id: UUID, session_id: UUID) -> str:
        """A token that is valid from now for `lifetime`."""
        issued = now()
        return jwt.encode(
            {
                "iss": _ISSUER,
                "sub": str(user_id),
                "tid": str(tenant_id),
                "sid": str(session_id),
                "iat": issued,
                "exp": issued + self.lifetime,
            },
            self._secret,
            algorithm="HS256",
        )

    def read(self, token: str) -> AccessClaims:
        """The claims of a token of ours. Raises TokenExpired or TokenInvalid."""
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=_ISSUER,
                options={"require": ["exp", "sub", "tid", "sid"]},
            )
            return AccessClaims(
                user_id=UUID(claims["sub"]),
                tenant_id=UUID(claims["tid"]),
                session_id=UUID(claims["sid"]),
                expires_at=datetime.fromtimestamp(claims["exp"], now().tzinfo),
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired(f"The access token has expired. {_NEXT}") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise TokenInvalid(f"This is not a token of this installation. {_NEXT}") from error


def new_api_key() -> str:
    """A fresh API key: 256 random bits behind a prefix that secret scanners can find."""
    return API_KEY_PREFIX + secrets.token_urlsafe(32)


def new_refresh_token() -> str:
    """A fresh refresh token: 256 random bits."""
    return "mrt_" + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """The SHA-256 that is stored instead; random secrets need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
