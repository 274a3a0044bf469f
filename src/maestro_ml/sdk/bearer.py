"""The Authorization header: an API key, or a pair of tokens that renews itself."""

from __future__ import annotations

import time
from collections.abc import Generator
from threading import Lock

import httpx

from maestro_ml.contracts.identity import TokenPair

REFRESH_PATH = "/api/v1/auth/refresh"
_EARLY = 30.0
"""Seconds before its end at which an access token is renewed."""


class Bearer(httpx.Auth):
    """What a client proves itself with; safe to share between threads."""

    def __init__(self, url: str, api_key: str | None) -> None:
        self._refresh_url = url + REFRESH_PATH
        self._secret = api_key
        self._refresh_token: str | None = None
        self._renew_at = 0.0
        self._lock = Lock()

    @property
    def secret(self) -> str | None:
        """What it presents now, for where no request of its own carries it."""
        return self._secret

    @property
    def refresh_token(self) -> str | None:
        """The token for the next renewal; None with an API key."""
        return self._refresh_token

    def use(self, tokens: TokenPair | None) -> None:
        """Present `tokens` from now on, in place of what was presented before."""
        self._secret = tokens.access_token if tokens else None
        self._refresh_token = tokens.refresh_token if tokens else None
        self._renew_at = time.monotonic() + (tokens.expires_in - _EARLY if tokens else 0.0)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign `request`; first renew the access token when it is about to end."""
        if request.url.path.endswith(REFRESH_PATH):
            yield request
            return
        # A refresh token works once: two threads that renew at the same time would be taken for
        # a thief and its victim, and both logged out.
        with self._lock:
            if self._refresh_token and time.monotonic() >= self._renew_at:
                answer = yield httpx.Request(
                    "POST", self._refresh_url, json={"refresh_token": self._refresh_token}
                )
                answer.read()
                renewed = answer.is_success
                self.use(TokenPair.model_validate_json(answer.content) if renewed else None)
        if self._secret:
            request.headers["Authorization"] = f"Bearer {self._secret}"
        yield request
