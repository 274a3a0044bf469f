"""On whose behalf something happens: built once at the edge, passed on explicitly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from maestro_ml.contracts.identity import Permission, TenantId
from maestro_ml.server.kernel.errors import PermissionMissing


class ActorKind(StrEnum):
    """What kind of caller acts."""

    USER = "user"
    SERVICE = "service"
    JOB = "job"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user or service account, a job on their behalf, or the platform itself."""

    kind: ActorKind
    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """Tenant, actor, permissions and request of one unit of work; immutable."""

    tenant_id: TenantId
    actor: Actor
    permissions: frozenset[Permission]
    request_id: str

    def require(self, permission: Permission) -> None:
        """Raise PermissionMissing unless the caller holds `permission`."""
        if permission not in self.permissions:
            raise PermissionMissing(permission)
