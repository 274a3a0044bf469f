"""`/api/v1/auth` and `/api/v1/users`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import (
    ApiKey,
    ApiKeyCreate,
    Login,
    Me,
    NewApiKey,
    Permission,
    RefreshRequest,
    Registration,
    RoleChange,
    TokenPair,
    User,
    UserCreate,
)
from maestro_ml.server.identity.api_keys import ApiKeyService
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


def auth_routes(sessions: SessionService, users: UserService, keys: ApiKeyService) -> MaestroRouter:
    """Sessions and the caller's own keys; `ANYONE` who is logged in may look after their own."""
    router = MaestroRouter(prefix="/auth", tag="auth")

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

    @router.post("/logout", permission=ANYONE, status_code=204, idempotent=False)
    async def logout(unit: Unit, authorization: Annotated[str, Header()]) -> None:
        """Revoke the caller's login with all its tokens."""
        await sessions.logout(unit, authorization)

    @router.get("/me", permission=ANYONE)
    async def me(unit: Unit) -> Me:
        """Who the caller is, and what they may do."""
        return await users.me(unit)

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


def user_routes(users: UserService) -> MaestroRouter:
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

    return router
