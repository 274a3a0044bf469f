"""Why a model cannot be explained."""

from __future__ import annotations


class ExplanationError(Exception):
    """The root; the message says what to do next."""


class ColumnMissingError(ExplanationError):
    """The rows lack a column that the model takes."""


class OutputUnusableError(ExplanationError):
    """The model's answers are no numbers, classes or probabilities."""


class TooFewRowsError(ExplanationError):
    """There is nothing to compare a row with."""
