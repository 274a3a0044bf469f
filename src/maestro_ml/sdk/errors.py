"""What a call can raise, one class per way to react.

MaestroError                 `message`, and `hint`: what to do next
├── APIError                 the server said no: `code`, `status`, `detail`, `request_id`, `errors`
│   ├── InvalidRequest       400, 413, 415, 422
│   ├── AuthenticationError  401
│   ├── PermissionDenied     403
│   ├── NotFound             404
│   ├── Conflict             409
│   ├── RateLimited          429, with `retry_after` in seconds
│   └── ServerError          5xx
├── ConnectionFailed         no answer: unreachable, or cut off in the middle
├── Timeout                  no answer in time
├── JobFailed                a job ended without success: `code`, `state`
├── UnexpectedAnswer         an answer that this version does not understand
└── ConfigurationError       the address or the stored credentials cannot be used
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # the command line imports this module at start-up; pydantic would cost 100 ms
    from uuid import UUID

    from maestro_ml.contracts.jobs import JobError, JobState
    from maestro_ml.contracts.problem import FieldProblem


class MaestroError(Exception):
    """The root: `message` says what happened, `hint` what to do next (may be empty)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".rstrip())
        self.message = message
        self.hint = hint


class APIError(MaestroError):
    """The server refused; `code` is stable and meant for programs."""

    advice: ClassVar[str] = ""

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        status: int,
        title: str = "",
        hint: str | None = None,
        request_id: str | None = None,
        errors: tuple[FieldProblem, ...] = (),
    ) -> None:
        super().__init__(detail or title, self.advice if hint is None else hint)
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.request_id = request_id
        self.errors = errors


class InvalidRequest(APIError):
    """The values cannot be used; `errors` names the fields when the server knows them."""


class AuthenticationError(APIError):
    """No credentials, or none that are valid any more."""

    advice = "Log in with `maestro login`, or set MAESTRO_API_KEY."


class PermissionDenied(APIError):
    """The caller is known but may not do this."""


class NotFound(APIError):
    """It does not exist, or not for this caller."""


class Conflict(APIError):
    """The request contradicts what is already there."""


class RateLimited(APIError):
    """Too many requests, and the wait was too long or too frequent to sit out."""

    retry_after: float | None = None


class ServerError(APIError):
    """The server failed; the same request may succeed later."""


class ConnectionFailed(MaestroError):
    """The server cannot be reached, or the connection broke."""


class Timeout(MaestroError):
    """Nothing arrived in time; the server may still be at work on it."""


class UnexpectedAnswer(MaestroError):
    """The answer has another form than this version of the client knows."""


class ConfigurationError(MaestroError):
    """The address or the stored credentials cannot be used."""


class JobFailed(MaestroError):
    """A job ended without success; `code` is stable and meant for programs."""

    def __init__(self, job_id: UUID, state: JobState, error: JobError | None) -> None:
        reason = error.message if error else f"It was {state.value} before it had a result."
        super().__init__(
            f"The job {job_id} ended as {state.value}: {reason}",
            f"Its output: maestro jobs logs {job_id}",
        )
        self.job_id = job_id
        self.state = state
        self.code = error.code if error else f"job.{state.value}"
