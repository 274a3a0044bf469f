"""`/api/v1/auth/session`: the login of a browser, which keeps it in a cookie that no script can read.

Everything else that a page does carries the access token, which it holds in memory alone. So only the
resumption is answered to a cookie, and it demands a token that other sites cannot know.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from maestro_ml.contracts.identity import AccessToken, Login, TenantChoice, TokenPair
from maestro_ml.server.identity.errors import CsrfTokenWrong, SessionAbsent
from maestro_ml.server.identity.sessions import SessionService
from maestro_ml.server.kernel.http import ANYONE, PUBLIC, MaestroRouter, Tier, Unit

CsrfToken = Annotated[str, Header(alias="x-csrf-token", description="the cookie `maestro_csrf_…`")]


def browser_routes(sessions: SessionService, *, base_path: str, max_age: int) -> MaestroRouter:
    """The cookies live for `max_age` seconds below `base_path`."""
    router = MaestroRouter(prefix="/auth/session", tag="auth")

    def keep(pair: TokenPair, request: Request, response: Response) -> AccessToken:
        session, csrf = _names(request)
        secure = request.url.scheme == "https"
        for name, value in ((session, pair.refresh_token), (csrf, secrets.token_urlsafe(32))):
            response.set_cookie(
                name,
                value,
                max_age=max_age,
                path=f"{base_path}/",
                secure=secure,
                httponly=name == session,
                samesite="strict",
            )
        return AccessToken(access_token=pair.access_token, expires_in=pair.expires_in)

    @router.post("", permission=PUBLIC, tier=Tier.LOGIN, idempotent=False)
    async def open_session(body: Login, request: Request, response: Response) -> AccessToken:
        """Log a browser in: the access token in the answer, the login itself in a cookie."""
        return keep(await sessions.login(body), request, response)

    @router.post("/switch", permission=ANYONE, idempotent=False)
    async def switch_session(
        unit: Unit,
        body: TenantChoice,
        request: Request,
        response: Response,
        authorization: Annotated[str, Header(include_in_schema=False)],
    ) -> AccessToken:
        """Let a browser go on in another tenant of the caller's."""
        pair = await sessions.switch(unit.context, authorization, body.tenant)
        return keep(pair, request, response)

    @router.post("/resume", permission=PUBLIC, idempotent=False)
    async def resume_session(request: Request, x_csrf_token: CsrfToken = "") -> AccessToken:
        """A new access token for the browser's cookie."""
        session, csrf = _names(request)
        if (
            not secrets.compare_digest(
                request.cookies.get(csrf, "").encode(), x_csrf_token.encode()
            )
            or not x_csrf_token
        ):
            raise CsrfTokenWrong("Send the value of the cookie maestro_csrf_… as X-CSRF-Token.")
        if session not in request.cookies:
            raise SessionAbsent("This browser is not logged in. Log in first.")
        return await sessions.resume(request.cookies[session])

    @router.delete("", permission=ANYONE, status_code=204)
    async def end_session(
        unit: Unit,
        request: Request,
        response: Response,
        authorization: Annotated[str, Header(include_in_schema=False)],
    ) -> None:
        """Log the browser out, and let it forget the cookies."""
        await sessions.logout(unit, authorization)
        for name in _names(request):
            response.delete_cookie(name, path=f"{base_path}/")

    return router


def _names(request: Request) -> tuple[str, str]:
    """Browsers tell cookies apart by host but not by port; two installations must not share one."""
    port = request.url.port or ""
    return f"maestro_session_{port}", f"maestro_csrf_{port}"
