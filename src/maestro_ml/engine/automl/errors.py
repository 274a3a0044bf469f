"""What can be wrong with a search's input; every error has a stable code and says what to do."""


class AutoMLError(ValueError):
    """Base of all errors the engine raises on purpose; `code` never changes between versions."""

    code = "automl.error"


class InvalidBudgetError(AutoMLError):
    """The time budget or another limit is not a positive finite number."""

    code = "automl.invalid_budget"


class UnknownEngineError(AutoMLError):
    """There is no search engine of that name."""

    code = "automl.unknown_engine"


class UnknownMetricError(AutoMLError):
    """The metric has no scikit-learn scorer of that name."""

    code = "automl.unknown_metric"


class MetricMismatchError(AutoMLError):
    """The metric exists but cannot score this task."""

    code = "automl.metric_mismatch"


class InvalidTargetError(AutoMLError):
    """The target column cannot be learned: missing, constant, an identifier, infinite."""

    code = "automl.invalid_target"


class SingleClassError(InvalidTargetError):
    """The target has one distinct value."""

    code = "automl.single_class"


class TargetMissingError(InvalidTargetError):
    """No row has a target value."""

    code = "automl.target_missing"


class IdentifierTargetError(InvalidTargetError):
    """Nearly every target value is different: it names rows, it does not group them."""

    code = "automl.identifier_target"


class TooManyClassesError(InvalidTargetError):
    """The target has more classes than the rows can support."""

    code = "automl.too_many_classes"


class TooFewRowsError(AutoMLError):
    """There are not enough rows with a target to train and to validate."""

    code = "automl.too_few_rows"


class InvalidFeaturesError(AutoMLError):
    """The feature table has duplicate column names, another length than y, or is no table."""

    code = "automl.invalid_features"


class NoFeaturesError(InvalidFeaturesError):
    """No feature column carries information."""

    code = "automl.no_features"


class InvalidSplitError(AutoMLError):
    """The column that groups or orders the rows is missing or does not allow a validation."""

    code = "automl.invalid_split"


class SchemaMismatchError(AutoMLError):
    """Rows to predict do not fit the columns that the model was trained on."""

    code = "automl.schema_mismatch"


class BudgetTooSmallError(AutoMLError):
    """Not even the cheapest model could be made inside the limits."""

    code = "automl.budget_too_small"


class TrialLogMismatchError(AutoMLError):
    """The folder holds the trials of another table or of other settings."""

    code = "automl.trial_log_mismatch"


class ClusterUnavailableError(AutoMLError):
    """There is no Ray cluster at the address, or the `ray` extra is not installed."""

    code = "automl.cluster_unavailable"
