"""Logging in and out, and who one is."""

from __future__ import annotations

from pydantic import SecretStr

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import (
    Login,
    Me,
    Membership,
    PasswordChange,
    RefreshRequest,
    Registration,
    TenantChoice,
    TokenPair,
    User,
)
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class Auth:
    """`client.auth`; after `login` the client presents the tokens and renews them by itself."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def register(
        self, email: str, password: str, *, name: str = "", tenant_name: str | None = None
    ) -> User:
        """Make a person with a tenant of their own, who may log in then. Raises Conflict."""
        body = Registration(
            email=email, password=SecretStr(password), name=name, tenant_name=tenant_name
        )
        path = api("auth", "register")
        return self._transport.request("POST", path, User, body=body, idempotent=False)

    def login(self, email: str, password: str, *, tenant: str | None = None) -> TokenPair:
        """Log in; `tenant` (name or id) chooses among several. Raises AuthenticationError."""
        return self._obtain(
            "login", Login(email=email, password=SecretStr(password), tenant=tenant)
        )

    def refresh(self, refresh_token: str | None = None) -> TokenPair:
        """Exchange a refresh token (the client's own by default) for a new pair."""
        token = refresh_token or self._transport.bearer.refresh_token or ""
        return self._obtain("refresh", RefreshRequest(refresh_token=SecretStr(token)))

    def me(self) -> Me:
        """The caller, the tenant and the permissions there. Raises AuthenticationError."""
        return self._transport.request("GET", api("auth", "me"), Me)

    def memberships(self) -> list[Membership]:
        """The tenants that the caller belongs to, the oldest membership first."""
        return self._transport.request("GET", api("auth", "memberships"), Page[Membership]).items

    def switch(self, tenant: str) -> TokenPair:
        """Go on in another tenant of the caller's (name or id). Raises NotFound, PermissionDenied."""
        return self._obtain("switch", TenantChoice(tenant=tenant))

    def change_password(self, current: str, new: str) -> None:
        """Change the caller's password; every other login of theirs ends. Raises PermissionDenied."""
        body = PasswordChange(current_password=SecretStr(current), new_password=SecretStr(new))
        self._transport.request("POST", api("auth", "password"), body=body, idempotent=False)

    def logout(self) -> None:
        """Revoke the login on the server and forget its tokens."""
        self._transport.request("POST", api("auth", "logout"), idempotent=False)
        self._transport.bearer.use(None)

    def _obtain(self, how: str, proof: Login | RefreshRequest | TenantChoice) -> TokenPair:
        tokens = self._transport.request(
            "POST", api("auth", how), TokenPair, body=proof, idempotent=False
        )
        self._transport.bearer.use(tokens)
        return tokens
