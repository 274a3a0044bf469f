"""Explains models: which columns speak for a prediction, and how a model treats groups of rows.

    subject = subject_of(load_model(folder), background)
    found = explain_rows(subject, rows, background)
    found.base + found.values.sum(axis=1)   # the predictions

Everything is told in the raw columns of the table, whatever a model makes of them. Knows nothing of
servers and databases.
"""

from maestro_ml.engine.explain.dependence import Dependence, partial_dependence
from maestro_ml.engine.explain.errors import (
    ColumnMissingError,
    ExplanationError,
    OutputUnusableError,
    TooFewRowsError,
)
from maestro_ml.engine.explain.importance import ShuffleLoss, permutation_importance
from maestro_ml.engine.explain.lime import LocalFit, fit_around
from maestro_ml.engine.explain.shap import Attribution, explain_rows
from maestro_ml.engine.explain.subject import Method, Space, Subject
from maestro_ml.engine.explain.subjects import automl_subject, estimator_subject, subject_of

__all__ = [
    "Attribution",
    "ColumnMissingError",
    "Dependence",
    "ExplanationError",
    "LocalFit",
    "Method",
    "OutputUnusableError",
    "ShuffleLoss",
    "Space",
    "Subject",
    "TooFewRowsError",
    "automl_subject",
    "estimator_subject",
    "explain_rows",
    "fit_around",
    "partial_dependence",
    "permutation_importance",
    "subject_of",
]
