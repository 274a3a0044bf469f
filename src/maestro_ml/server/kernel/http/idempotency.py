"""`Idempotency-Key`: a POST that is sent twice happens once and answers the same."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import Conflict, InvalidInput

MAX_KEY = 200

# A second request with the same key waits here until the first one has committed or rolled back.
_CLAIM = text(
    """
    INSERT INTO idempotency_key (actor_id, key, fingerprint) VALUES (:actor, :key, :fingerprint)
    ON CONFLICT DO NOTHING RETURNING key
    """
)
_FIND = text(
    """
    SELECT fingerprint, status, media_type, body FROM idempotency_key
    WHERE actor_id = :actor AND key = :key
    """
)
_KEEP = text(
    """
    UPDATE idempotency_key SET status = :status, media_type = :media_type, body = :body
    WHERE actor_id = :actor AND key = :key
    """
)


class IdempotencyKeyReused(Conflict):
    """The same key came with another request."""

    code = "request.idempotency_key_reused"


async def run_once(
    key: str,
    request: Request,
    unit: UnitOfWork,
    handle: Callable[[Request], Awaitable[Response]],
) -> Response:
    """Handle `request`, or replay the answer that `key` got before.

    The answer is stored in the request's own transaction: a request that failed can be sent again.
    Raises IdempotencyKeyReused when the key came with a different request.
    """
    if len(key) > MAX_KEY:
        raise InvalidInput(f"An Idempotency-Key has at most {MAX_KEY} characters; send a UUID.")
    named: dict[str, object] = {"actor": unit.context.actor.id, "key": key}
    fingerprint = await _fingerprint(request)
    claimed = await unit.session.execute(_CLAIM, {**named, "fingerprint": fingerprint})
    if claimed.first() is None:
        return await _replay(unit, named, fingerprint)
    response = await handle(request)
    await unit.session.execute(
        _KEEP,
        {
            **named,
            "status": response.status_code,
            "media_type": response.media_type or response.headers.get("content-type"),
            "body": bytes(response.body),
        },
    )
    return response


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return digest.hexdigest()


async def _replay(unit: UnitOfWork, named: dict[str, object], fingerprint: str) -> Response:
    before = (await unit.session.execute(_FIND, named)).one()
    if before.fingerprint != fingerprint:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used for a different request. Make a new key for each request."
        )
    return Response(
        before.body,
        status_code=before.status,
        media_type=before.media_type,
        headers={"Idempotent-Replay": "true"},
    )
