"""Why a request cannot be answered."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """The kind of a failure, for programs."""

    MALFORMED = "input_malformed"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    VALUE_INVALID = "value_invalid"
    MODEL_RAISED = "model_raised"
    MODEL_UNLOADABLE = "model_unloadable"
    OUT_OF_MEMORY = "out_of_memory"


class PredictionError(Exception):
    """A request that got no prediction; the message names row and column and what to do next."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message
