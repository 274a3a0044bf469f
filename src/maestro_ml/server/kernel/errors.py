"""Business outcomes that are not success: each class has a stable code, a status and a next step.

MaestroError
├── InvalidInput      400  the values make no sense together
├── Unauthenticated   401
├── PermissionMissing 403
├── NotFound          404  also for what the caller may not know of
├── Conflict          409
├── TooLarge          413
├── RateLimited       429
└── Unavailable       503  worth a retry
"""

from __future__ import annotations

from typing import ClassVar

from maestro_ml.contracts.identity import Permission


class MaestroError(Exception):
    """The root; `detail` is a sentence for people that ends with what to do next."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on the server"

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}


class InvalidInput(MaestroError):
    """The request is well-formed, but its values cannot be used."""

    code = "request.invalid"
    status = 400
    title = "The request cannot be used"


class Unauthenticated(MaestroError):
    """No credentials, or none that are valid any more."""

    code = "auth.required"
    status = 401
    title = "Authentication is required"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="maestro"'})


class PermissionMissing(MaestroError):
    """The caller is known, but may not do this."""

    code = "auth.permission_missing"
    status = 403
    title = "Permission is missing"

    def __init__(self, permission: Permission) -> None:
        super().__init__(
            f"This needs the permission {permission.value}, which neither your role nor your key "
            "gives you. Ask an administrator of your tenant for a role that has it."
        )


class NotFound(MaestroError):
    """It does not exist, or the caller may not know that it does."""

    code = "resource.not_found"
    status = 404
    title = "Not found"


class Conflict(MaestroError):
    """The request contradicts what is already there."""

    code = "resource.conflict"
    status = 409
    title = "Conflict with the current state"


class TooLarge(MaestroError):
    """More bytes than this endpoint takes."""

    code = "request.too_large"
    status = 413
    title = "The request is too large"


class RateLimited(MaestroError):
    """Too many requests in the window."""

    code = "request.rate_limited"
    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class Overloaded(RateLimited):
    """The server has more to do than it can, whoever asks."""

    code = "service.overloaded"
    title = "The server is busy"


class Unavailable(MaestroError):
    """A part that is needed does not answer at the moment."""

    code = "service.unavailable"
    status = 503
    title = "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class StorageFull(MaestroError):
    """No disk space left for the write."""

    code = "storage.full"
    status = 507
    title = "Out of disk space"
