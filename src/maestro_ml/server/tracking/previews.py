"""Uploaded pages and drawings for a frame: behind a ticket, in a sandbox, on a path of their own.

A frame sends no login, so the ticket stands in the address: signed, for one run, for five minutes. The
answer's policy shuts the page in an origin of its own, without a network, whoever opens the address.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import jwt

from maestro_ml.contracts.identity import Permission, TenantId
from maestro_ml.contracts.tracking import RunArtifact
from maestro_ml.server.blobs import OpenBlob
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Actor, ActorKind, Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.tracking.artifacts import RunArtifactService, get_home
from maestro_ml.server.tracking.errors import PreviewTicketInvalid

LIFETIME = timedelta(minutes=5)
_ISSUER = "maestro-preview"
_NEXT = "Open the file in the run's page again; a preview's address lasts five minutes."
MEDIA = {
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


class PreviewService:
    """Writes tickets for who may read a run, and opens files for who has one."""

    def __init__(self, artifacts: RunArtifactService, units: UnitsOfWork, secret: str) -> None:
        self._artifacts = artifacts
        self._units = units
        self._secret = secret

    async def issue(self, unit: UnitOfWork, run_id: UUID) -> str:
        """A ticket for the files of a run. Raises RunNotFound."""
        await get_home(unit, run_id)
        claims = {
            "iss": _ISSUER,
            "tid": str(unit.context.tenant_id),
            "run": str(run_id),
            "exp": now() + LIFETIME,
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    async def open(self, ticket: str, path: str) -> tuple[RunArtifact, OpenBlob]:
        """A file of the ticket's run. Raises PreviewTicketInvalid, ArtifactNotFound."""
        try:
            claims = jwt.decode(
                ticket,
                self._secret,
                algorithms=["HS256"],
                issuer=_ISSUER,
                options={"require": ["exp", "tid", "run"]},
            )
        except jwt.InvalidTokenError as error:
            raise PreviewTicketInvalid(f"This address is no longer valid. {_NEXT}") from error
        context = Context(
            TenantId(UUID(claims["tid"])),
            Actor(ActorKind.SYSTEM, None, "preview"),
            frozenset({Permission.EXPERIMENT_READ}),
            request_id=str(new_id()),
        )
        async with self._units.tenant(context) as unit:
            return await self._artifacts.open(unit, UUID(claims["run"]), path)


def headers_of(path: str, *, scripts: bool) -> dict[str, str]:
    """What shuts the file in; with `scripts` its own may run, without an origin or a network."""
    return {
        "Content-Type": MEDIA.get(path.rpartition(".")[2].lower(), "application/octet-stream"),
        "Content-Security-Policy": _POLICY + (" allow-scripts" if scripts else ""),
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
