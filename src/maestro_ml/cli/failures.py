"""What a failed command says, and with which code it ends."""

from __future__ import annotations

import os
import sys
import traceback
from enum import IntEnum
from typing import Any

from maestro_ml.cli.output import Mode, Output
from maestro_ml.sdk import errors


class ExitCode(IntEnum):
    """The meaning of the program's exit code; scripts rely on it."""

    FAILURE = 1
    USAGE = 2
    NOT_LOGGED_IN = 3
    NOT_PERMITTED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    INVALID_INPUT = 7
    UNREACHABLE = 8
    TIMED_OUT = 9
    INTERRUPTED = 130


_CODES: dict[type[Exception], ExitCode] = {
    errors.AuthenticationError: ExitCode.NOT_LOGGED_IN,
    errors.PermissionDenied: ExitCode.NOT_PERMITTED,
    errors.NotFound: ExitCode.NOT_FOUND,
    errors.Conflict: ExitCode.CONFLICT,
    errors.InvalidRequest: ExitCode.INVALID_INPUT,
    errors.ConnectionFailed: ExitCode.UNREACHABLE,
    errors.Timeout: ExitCode.TIMED_OUT,
}


def report(error: Exception, out: Output) -> ExitCode:
    """Tell what `error` means and what to do next; the traceback only with MAESTRO_DEBUG=1."""
    if os.environ.get("MAESTRO_DEBUG") == "1":
        traceback.print_exception(error)
    told = _explain(error)
    code = next((code for kind, code in _CODES.items() if isinstance(told, kind)), ExitCode.FAILURE)
    if out.mode is Mode.JSON:
        out.json_error(
            {
                "code": getattr(told, "code", type(told).__name__),
                "message": told.message,
                "hint": told.hint,
                "request_id": getattr(told, "request_id", None),
                "exit_code": code,
            }
        )
    else:
        out.error(told.message, told.hint)
    return code


def _explain(error: Exception) -> errors.MaestroError:
    if isinstance(error, errors.MaestroError):
        return error
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return errors.MaestroError(f"{error.strerror or error}{where}.")
    pydantic = sys.modules.get("pydantic")  # nothing can have failed in it before it was imported
    if pydantic and isinstance(error, pydantic.ValidationError):
        return _invalid(error)
    return errors.MaestroError(
        f"This is a defect of the command line: {type(error).__name__}: {error}",
        "Run it again with MAESTRO_DEBUG=1 and report what it prints.",
    )


def _invalid(error: Any) -> errors.InvalidRequest:
    """A value that did not even fit into the request."""
    faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    return errors.InvalidRequest("; ".join(faults) + ".", code="request.malformed", status=422)
