"""From an error answer, or no answer at all, to the exception that says so."""

from __future__ import annotations

import httpx
from pydantic import ValidationError

from maestro_ml.contracts.problem import Problem
from maestro_ml.sdk import errors
from maestro_ml.sdk.retries import retry_after

_BY_STATUS: dict[int, type[errors.APIError]] = {
    400: errors.InvalidRequest,
    401: errors.AuthenticationError,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.InvalidRequest,
    415: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
}


def api_error(response: httpx.Response) -> errors.APIError:
    """The exception for an answer that is not a success; its body must have been read."""
    problem = _problem(response)
    kind = _BY_STATUS.get(response.status_code, errors.APIError)
    hint = None
    if response.is_server_error:
        kind = errors.ServerError
        if problem.request_id:
            hint = f"The server's log has the details under request {problem.request_id}."
    error = kind(
        problem.detail,
        code=problem.code,
        status=problem.status,
        title=problem.title,
        hint=hint,
        request_id=problem.request_id,
        errors=tuple(problem.errors or ()),
    )
    if isinstance(error, errors.RateLimited):
        error.retry_after = retry_after(response)
    return error


def _problem(response: httpx.Response) -> Problem:
    """The problem document of `response`, or one that tells what came instead."""
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        pass
    if response.is_redirect:
        detail = (
            f"{response.url} moved to {response.headers.get('location')}. "
            "Use the address it moved to as MAESTRO_URL."
        )
    else:
        detail = (
            f"{response.url} answered {response.status_code} {response.reason_phrase} without an "
            "explanation. Check that MAESTRO_URL is the address of a Maestro server, and that "
            "the proxy in front of it works."
        )
    return Problem(
        type="about:blank",
        code=f"http.{response.status_code}",
        title=response.reason_phrase,
        status=response.status_code,
        detail=detail,
        request_id=response.headers.get("x-request-id"),
    )


def no_answer(error: httpx.TransportError, url: str) -> errors.MaestroError:
    """The exception for a request to `url` that got no (whole) answer."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return errors.ConnectionFailed(
            f"No Maestro server answers at {url} ({_reason(error)}).",
            "Start one with `maestro up`, or set MAESTRO_URL; `maestro doctor` tells more.",
        )
    if isinstance(error, httpx.TimeoutException):
        return errors.Timeout(
            f"{url} did not answer in time.",
            "Try again, or give the client a longer `timeout`.",
        )
    return errors.ConnectionFailed(
        f"The connection to {url} broke ({_reason(error)}).",
        "Try again; if it stays, look into the server's log.",
    )


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
