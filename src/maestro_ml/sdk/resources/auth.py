"""Logging in and out, and who one is."""

from __future__ import annotations

from pydantic import SecretStr

from maestro_ml.contracts.identity import Login, Me, RefreshRequest, Registration, TokenPair
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class Auth:
    """`client.auth`; after `login` the client presents the tokens and renews them by itself."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def register(
        self, email: str, password: str, *, name: str = "", tenant_name: str | None = None
    ) -> TokenPair:
        """Make a person with a tenant of their own, and log in as them. Raises Conflict."""
        body = Registration(
            email=email, password=SecretStr(password), name=name, tenant_name=tenant_name
        )
        return self._start(
            self._transport.request("POST", api("auth", "register"), TokenPair, body=body)
        )

    def login(self, email: str, password: str, *, tenant: str | None = None) -> TokenPair:
        """Log in; `tenant` (name or id) chooses among several. Raises AuthenticationError."""
        body = Login(email=email, password=SecretStr(password), tenant=tenant)
        return self._start(
            self._transport.request("POST", api("auth", "login"), TokenPair, body=body)
        )

    def refresh(self, refresh_token: str | None = None) -> TokenPair:
        """Exchange a refresh token (the client's own by default) for a new pair."""
        token = refresh_token or self._transport.bearer.refresh_token or ""
        body = RefreshRequest(refresh_token=SecretStr(token))
        return self._start(
            self._transport.request("POST", api("auth", "refresh"), TokenPair, body=body)
        )

    def me(self) -> Me:
        """The caller, the tenant and the permissions there. Raises AuthenticationError."""
        return self._transport.request("GET", api("auth", "me"), Me)

    def logout(self) -> None:
        """Revoke the session on the server and forget its tokens."""
        self._transport.request("POST", api("auth", "logout"))
        self._transport.bearer.use(None)

    def _start(self, tokens: TokenPair) -> TokenPair:
        self._transport.bearer.use(tokens)
        return tokens
