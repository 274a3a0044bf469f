"""The error body of every endpoint: RFC 9457 problem details with a stable code."""

from __future__ import annotations

from maestro_ml.contracts.base import Contract


class FieldProblem(Contract):
    """One thing that is wrong with one field of a request; `field` is a dotted path."""

    field: str
    message: str


class Problem(Contract):
    """`code` is stable and meant for programs, `detail` says what to do next and is meant for people."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: list[FieldProblem] | None = None
