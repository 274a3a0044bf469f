"""`/api/v1/auth`, `/api/v1/roles` and `/api/v1/users`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import (
    ApiKey,
    ApiKeyCreate,
    Login,
    LoginMethods,
    Me,
    Membership,
    NewApiKey,
    PasswordChange,
    PasswordReset,
    Permission,
    ProfileUpdate,
    RefreshRequest,
    Registration,
    RoleChange,
    RolePermissions,
    TenantChoice,
    TokenPair,
    User,
    UserCreate,
)
from maestro_ml.server.identity.accounts import AccountService
from maestro_ml.server.identity.api_keys import ApiKeyService
from maestro_ml.server.identity.roles import ROLE_PERMISSIONS
from maestro_ml.server.identity.sessions import SessionService
from maestro_ml.server.identity.users import UserService
from maestro_ml.server.kernel.http import (
    ANYONE,
    PUBLIC,
    Cursor,
    Limit,
    MaestroRouter,
    Tier,
    Unit,
)

Authorization = Annotated[str, Header(include_in_schema=False)]
KeepCurrent = Annotated[bool, Query(description="all but the login that asks")]


def auth_routes(sessions: SessionService, users: UserService) -> MaestroRouter:
    """Ways in and out, and who one is."""
    router = MaestroRouter(prefix="/auth", tag="auth")

    @router.get("/methods", permission=PUBLIC)
    async def login_methods() -> LoginMethods:
        """Which ways in there are: password, registration, single sign-on."""
        return sessions.methods

    @router.post("/register", permission=PUBLIC, tier=Tier.LOGIN, status_code=201)
    async def register(body: Registration) -> User:
        """Create an account with a tenant of its own."""
        return await sessions.register(body)

    @router.post("/login", permission=PUBLIC, tier=Tier.LOGIN)
    async def login(body: Login) -> TokenPair:
        """Exchange e-mail address and password for a token pair."""
        return await sessions.login(body)

    @router.post("/refresh", permission=PUBLIC)
    async def refresh(body: RefreshRequest) -> TokenPair:
        """Exchange a refresh token, once, for a new pair."""
        return await sessions.refresh(body.refresh_token.get_secret_value())

    @router.post("/switch", permission=ANYONE, idempotent=False)
    async def switch(unit: Unit, body: TenantChoice, authorization: Authorization) -> TokenPair:
        """Go on in another tenant of the caller's: a new token pair instead of this login's."""
        return await sessions.switch(unit.context, authorization, body.tenant)

    @router.post("/logout", permission=ANYONE, status_code=204, idempotent=False)
    async def logout(unit: Unit, authorization: Authorization) -> None:
        """Revoke the caller's login with all its tokens."""
        await sessions.logout(unit, authorization)

    @router.get("/me", permission=ANYONE)
    async def me(unit: Unit) -> Me:
        """Who the caller is, and what they may do."""
        return await users.me(unit)

    return router


def key_routes(keys: ApiKeyService) -> MaestroRouter:
    """The caller's own keys; `ANYONE` who is logged in may look after their own."""
    router = MaestroRouter(prefix="/auth", tag="auth")

    @router.post("/api-keys", permission=ANYONE, status_code=201, idempotent=False)
    async def create_api_key(unit: Unit, body: ApiKeyCreate) -> NewApiKey:
        """Make an API key; its secret is shown in this answer only."""
        return await keys.create(unit, body)

    @router.get("/api-keys", permission=ANYONE)
    async def list_api_keys(unit: Unit, limit: Limit = 100, cursor: Cursor = None) -> Page[ApiKey]:
        """The caller's API keys, without their secrets."""
        return await keys.list(unit, limit=limit, cursor=cursor)

    @router.delete("/api-keys/{key_id}", permission=ANYONE, status_code=204)
    async def revoke_api_key(unit: Unit, key_id: UUID) -> None:
        """Revoke an API key of the caller's at once."""
        await keys.revoke(unit, key_id)

    return router


def account_routes(accounts: AccountService) -> MaestroRouter:
    """The caller's own account, in all of their tenants."""
    router = MaestroRouter(prefix="/auth", tag="auth")

    @router.patch("/me", permission=ANYONE)
    async def rename(unit: Unit, body: ProfileUpdate, authorization: Authorization) -> User:
        """Change the name that others see."""
        return await accounts.rename(unit.context, authorization, body.name)

    # A stolen token must not serve to guess the password.
    @router.post("/password", permission=ANYONE, status_code=204, tier=Tier.LOGIN, idempotent=False)
    async def change_password(
        unit: Unit, body: PasswordChange, authorization: Authorization
    ) -> None:
        """Change the caller's password; every other login of theirs ends."""
        await accounts.change_password(unit.context, authorization, body)

    @router.delete("/sessions", permission=ANYONE, status_code=204)
    async def end_sessions(
        unit: Unit, authorization: Authorization, keep_current: KeepCurrent = False
    ) -> None:
        """Log the caller out everywhere; API keys stay."""
        await accounts.end_sessions(unit.context, authorization, keep_current=keep_current)

    @router.get("/memberships", permission=ANYONE)
    async def list_memberships(unit: Unit) -> Page[Membership]:
        """The tenants of the caller, with their role in each, all on one page."""
        return Page(items=await accounts.memberships(unit.context))

    return router


def role_routes() -> MaestroRouter:
    """What roles permit; no secret, since the code is open."""
    router = MaestroRouter(prefix="/roles", tag="users")

    @router.get("", permission=ANYONE)
    async def list_roles() -> Page[RolePermissions]:
        """Each role with its permissions, from the one that may least to the one that may most."""
        return Page(
            items=[
                RolePermissions(role=role, permissions=sorted(permissions))
                for role, permissions in ROLE_PERMISSIONS.items()
            ]
        )

    return router


def user_routes(users: UserService, accounts: AccountService) -> MaestroRouter:
    """The members of the tenant."""
    router = MaestroRouter(prefix="/users", tag="users")

    @router.post("", permission=Permission.USER_MANAGE, status_code=201)
    async def create_user(unit: Unit, body: UserCreate) -> User:
        """Add a person or a service account to the tenant."""
        return await users.create(unit, body)

    @router.get("", permission=Permission.USER_READ)
    async def list_users(unit: Unit, limit: Limit = 100, cursor: Cursor = None) -> Page[User]:
        """The members of the tenant, deactivated ones included."""
        return await users.list(unit, limit=limit, cursor=cursor)

    @router.patch("/{user_id}/roles", permission=Permission.ROLE_ASSIGN)
    async def set_role(unit: Unit, user_id: UUID, body: RoleChange) -> User:
        """Give a member another role."""
        return await users.set_role(unit, user_id, body.role)

    @router.delete("/{user_id}", permission=Permission.USER_MANAGE, status_code=204)
    async def deactivate_user(unit: Unit, user_id: UUID) -> None:
        """End a member's access; what they did stays on record."""
        await users.deactivate(unit, user_id)

    @router.post("/{user_id}/activate", permission=Permission.USER_MANAGE)
    async def activate_user(unit: Unit, user_id: UUID) -> User:
        """Give a deactivated member access again."""
        return await users.activate(unit, user_id)

    @router.post(
        "/{user_id}/password", permission=Permission.USER_MANAGE, status_code=204, idempotent=False
    )
    async def reset_password(unit: Unit, user_id: UUID, body: PasswordReset) -> None:
        """Give a member another password; their logins end, their API keys stay."""
        await accounts.reset_password(unit.context, user_id, body.password.get_secret_value())

    return router
