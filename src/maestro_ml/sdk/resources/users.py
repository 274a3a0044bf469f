"""The members of the caller's tenant."""

from __future__ import annotations

from pydantic import SecretStr

from maestro_ml.contracts.identity import (
    PasswordReset,
    Role,
    RoleChange,
    User,
    UserCreate,
    UserId,
    UserKind,
)
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class Users:
    """`client.users`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        email: str,
        *,
        name: str = "",
        role: Role = Role.VIEWER,
        kind: UserKind = UserKind.PERSON,
        password: str | None = None,
    ) -> User:
        """Add a person (with a password) or a service account (without). Raises Conflict.

        A person who has an account in another tenant is added without a password.
        """
        secret = None if password is None else SecretStr(password)
        body = UserCreate(email=email, name=name, role=role, kind=kind, password=secret)
        return self._transport.request("POST", api("users"), User, body=body)

    def list(self) -> Pages[User]:
        """All members, the newest first."""
        return Pages(self._transport, api("users"), User)

    def set_role(self, user_id: UserId, role: Role) -> User:
        """Give a member another role. Raises NotFound."""
        path = api("users", user_id, "roles")
        return self._transport.request("PATCH", path, User, body=RoleChange(role=role))

    def activate(self, user_id: UserId) -> User:
        """Give a deactivated member access again. Raises NotFound."""
        return self._transport.request("POST", api("users", user_id, "activate"), User)

    def reset_password(self, user_id: UserId, password: str) -> None:
        """Give a member another password, which ends their logins. Raises NotFound, Conflict."""
        path, body = api("users", user_id, "password"), PasswordReset(password=SecretStr(password))
        self._transport.request("POST", path, body=body, idempotent=False)

    def delete(self, user_id: UserId) -> None:
        """Deactivate a member, whose sessions and keys end at once. Raises NotFound."""
        self._transport.request("DELETE", api("users", user_id))
