"""Why a model or a row cannot be explained."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import Conflict, InvalidInput, NotFound


class ExplanationNotFound(NotFound):
    """No such explanation, or no such file of it."""

    code = "explain.not_found"


class BackgroundMissing(InvalidInput):
    """There are no rows to compare with."""

    code = "explain.background_missing"


class InstanceMissing(InvalidInput):
    """A local explanation without a row."""

    code = "explain.instance_missing"


class TooManyInstances(InvalidInput):
    """More rows than one explanation takes."""

    code = "explain.too_many_rows"


class RowNotFound(NotFound):
    """The data set has no such row."""

    code = "explain.row_not_found"


class ColumnUnknown(InvalidInput):
    """A column that the model does not take."""

    code = "explain.column_unknown"


class ColumnMissing(InvalidInput):
    """A column that the model needs."""

    code = "explain.column_missing"


class ExplanationFailed(Conflict):
    """The job that should have made it has failed."""

    code = "explain.failed"


class ModelInexplicable(InvalidInput):
    """The model, or the rows, cannot be explained; the message says why."""

    code = "explain.not_explicable"
