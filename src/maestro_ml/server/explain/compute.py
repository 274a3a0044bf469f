"""Computes one explanation in the process of its job: model and rows in, files out.

Only the job imports this module: it loads the ML libraries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from maestro_ml.contracts.explain import ExplanationContent, ExplanationKind
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.engine.automl import AutoMLError
from maestro_ml.engine.explain import ExplanationError, Subject, subject_of
from maestro_ml.engine.explain.tables import read_row, sample_rows
from maestro_ml.engine.inference import LoadedModel, PredictionError, load_model
from maestro_ml.engine.inference.request import read_rows
from maestro_ml.server.explain.global_view import explain_model
from maestro_ml.server.explain.local_view import explain_around, explain_instances
from maestro_ml.server.explain.rules import REPORT, Question

Report = Callable[[float | None, str], None]
_BACKGROUND_ROWS = 500
_TABLE_ROWS = 5_000


class InexplicableError(Exception):
    """The model or the rows are to blame, not the platform; the message says what to do."""


@dataclass(frozen=True)
class Material:
    """What an explanation is made from; `table` is a seeded sample, its index the row numbers."""

    model: LoadedModel
    subject: Subject
    table: pd.DataFrame
    background: pd.DataFrame
    from_example: bool


def compute(
    question: Question,
    version: ModelVersion,
    package: Path,
    table: Path | None,
    made: Path,
    report: Report,
) -> None:
    """Write the report, the pictures and the Parquet file of an explanation into `made`.

    Raises InexplicableError.
    """
    report(0.05, "loading the model and its rows")
    try:
        material = _material(question, version, package, table)
        report(0.2, "explaining")
        if question.kind is ExplanationKind.GLOBAL:
            content = explain_model(material.subject, question, material.table, made, report)
        else:
            content = _explain_rows(question, material, table, made)
    except (ExplanationError, PredictionError, AutoMLError) as error:
        raise InexplicableError(str(error)) from error
    if material.from_example:
        content = content.model_copy(update={"warnings": [_EXAMPLE, *content.warnings]})
    (made / REPORT).write_bytes(orjson.dumps(content.model_dump(mode="json")))


_EXAMPLE = (
    "The rows are compared with the model's input example only, because the data it was trained on is "
    "not known here. Name a data set to compare with rows as they usually are."
)


def _material(
    question: Question, version: ModelVersion, package: Path, table: Path | None
) -> Material:
    try:
        model = load_model(package)
    except Exception as error:
        raise InexplicableError(
            f"The model cannot be loaded: {type(error).__name__}: {error}. Its requirements.txt names "
            "the libraries that the worker's environment must have."
        ) from error
    if table is None:
        rows = _as_rows(version.input_example)
        sample = read_rows(orjson.dumps(rows), model.columns)
    else:
        sample = sample_rows(table, _TABLE_ROWS, seed=question.seed)
    background = sample.sample(
        min(_BACKGROUND_ROWS, len(sample)), random_state=question.seed
    ).reset_index(drop=True)
    if model.columns is None and question.target in background.columns:
        background = background.drop(columns=question.target)
    subject = subject_of(model, background)
    return Material(model, subject, sample, background, table is None)


def _explain_rows(
    question: Question, material: Material, table: Path | None, made: Path
) -> ExplanationContent:
    rows = _asked_rows(question, material, table)
    if question.kind is ExplanationKind.LIME:
        return explain_around(material.subject, rows, material.background, made, question.seed)
    return explain_instances(material.subject, rows, material.background, made, question.seed)


def _asked_rows(question: Question, material: Material, table: Path | None) -> pd.DataFrame:
    if question.row is not None and table is not None:
        row = read_row(table, question.row)
        if row is None:
            raise InexplicableError(f"The data set has no row {question.row}.")
        return row
    columns = material.model.columns
    rows = read_rows(orjson.dumps({"inputs": question.instances}), columns)
    return rows if columns is not None else _typed(rows, material.background)


def _typed(rows: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Values as the background has them, for models that do not say what they take."""
    return rows.assign(
        **{
            name: rows[name].astype(like[name].dtype)
            for name in rows.columns
            if name in like.columns
        }
    )


def _as_rows(example: Any) -> dict[str, Any]:
    """An input example, in any of MLflow's forms, as the body of a request."""
    if isinstance(example, dict) and {"columns", "data"} <= example.keys():
        return {"dataframe_split": {"columns": example["columns"], "data": example["data"]}}
    if isinstance(example, dict):
        return {"inputs": [example]}
    return {"inputs": example}
