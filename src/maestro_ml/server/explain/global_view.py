"""The explanation of a model as a whole: what matters, how, and for whom it works how well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api import types

from maestro_ml.contracts.explain import (
    ColumnImportance,
    DependenceCurve,
    ExplanationContent,
    ModelExplanation,
    SummaryColumn,
)
from maestro_ml.engine.explain import (
    Attribution,
    Dependence,
    ShuffleLoss,
    Subject,
    explain_rows,
    fit_around,
    partial_dependence,
)
from maestro_ml.engine.explain.pictures import dependence as draw_dependence
from maestro_ml.engine.explain.pictures import summary as draw_summary
from maestro_ml.server.explain.cells import cell, rounded
from maestro_ml.server.explain.local_view import write_values
from maestro_ml.server.explain.rules import Question
from maestro_ml.server.explain.truth import Truth, model_slices, shuffle_loss, truth_of

_BACKGROUND_ROWS = 500
_EXPLAINED_ROWS = 200
_FAST_ROWS = 1_000
_DRAWN_ROWS = 300
_LIME_ROWS, _LIME_SAMPLES = 20, 400
_SHOWN_COLUMNS = 20
_CURVES = 10
_SHOWN_OUTPUTS = 10
_EVALUATIONS = 60_000
SUMMARY = "summary.svg"
_NO_TRUTH = (
    "There is no column with the truth, so nothing can be said about the score: losses by shuffling and "
    "slices are left out. Name a data set that has it, and its `target`."
)
_SEEN = (
    "If the model was trained on these rows, its scores here are better than they will be: compare groups "
    "with each other, not with what you expect of new rows."
)

Report = Callable[[float | None, str], None]


def explain_model(
    subject: Subject, question: Question, table: pd.DataFrame, made: Path, report: Report
) -> ExplanationContent:
    """Everything about the model over `table`, a sample of rows. Raises ExplanationError."""
    seed = question.seed
    exact = subject.additive is not None
    rows = _some(table, _FAST_ROWS if exact else _EXPLAINED_ROWS, seed)
    background = _some(table, _BACKGROUND_ROWS, seed + 1)
    found = explain_rows(subject, rows, background, seed=seed, evaluations=_EVALUATIONS)
    order = np.argsort(-found.importances.sum(axis=1), kind="stable")
    report(0.5, "what the columns are worth")
    lime = _lime(subject, rows, background, seed)
    truth = truth_of(subject, table, question.target, question.metric)
    losses = None if truth is None else shuffle_loss(subject, truth, seed)
    report(0.7, "dependence and slices")
    curves = [
        partial_dependence(subject, background, found.columns[i], seed=seed)
        for i in order[:_CURVES]
    ]
    view = ModelExplanation(
        importances=_importances(found, order, losses, lime),
        summary=_summary(found, subject.take(rows), order),
        dependence=[_curve(curve) for curve in curves],
        slices=[] if truth is None else model_slices(subject, truth, seed),
        metric=None if truth is None else truth.metric.name,
        score=None if losses is None else losses.score,
    )
    write_values(found, subject.take(rows), made)
    plots = _draw(view, found, made)
    return ExplanationContent(
        method=found.method.value,
        space=found.space.value,
        outputs=list(found.outputs),
        background_rows=found.background_rows,
        explained_rows=len(rows),
        feature_importances={each.column: each.shap for each in view.importances},
        model_view=view,
        warnings=_warnings(question, truth),
        plots=plots,
    )


def _some(table: pd.DataFrame, rows: int, seed: int) -> pd.DataFrame:
    return table.sample(min(rows, len(table)), random_state=seed)


def _warnings(question: Question, truth: Truth | None) -> list[str]:
    if truth is None:
        return [_NO_TRUTH]
    if question.dataset is None:
        return []
    return [_SEEN]


def _lime(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, seed: int
) -> dict[str, float]:
    """The mean absolute weight of each column over a few rows."""
    if len(background) < 2:
        return {}
    fits = [
        fit_around(subject, rows.iloc[i : i + 1], background, seed=seed + i, samples=_LIME_SAMPLES)
        for i in range(min(_LIME_ROWS, len(rows)))
    ]
    weights = np.mean([np.abs(fit.weights).sum(axis=1) for fit in fits], axis=0)
    return dict(zip(subject.columns, map(float, weights), strict=True))


def _importances(
    found: Attribution,
    order: np.ndarray[tuple[int], np.dtype[np.int64]],
    losses: ShuffleLoss | None,
    lime: dict[str, float],
) -> list[ColumnImportance]:
    return [
        ColumnImportance(
            column=found.columns[i],
            shap=float(found.importances[i].sum()),
            by_output=[float(value) for value in found.importances[i, :_SHOWN_OUTPUTS]],
            shuffle_loss=None if losses is None else float(losses.mean[i]),
            shuffle_deviation=None if losses is None else float(losses.deviation[i]),
            lime=lime.get(found.columns[i]),
        )
        for i in order
    ]


def _summary(
    found: Attribution, rows: pd.DataFrame, order: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[SummaryColumn]:
    columns = []
    for i in order[:_SHOWN_COLUMNS]:
        series = rows[found.columns[i]].iloc[:_DRAWN_ROWS]
        effects = found.values[:_DRAWN_ROWS, i, :_SHOWN_OUTPUTS].T
        columns.append(
            SummaryColumn(
                column=found.columns[i],
                values=[cell(value) for value in series.tolist()],
                levels=_levels(series),
                effects=[[rounded(value) for value in output] for output in effects],
            )
        )
    return columns


def _levels(series: pd.Series) -> list[float | None]:
    """How high each value is within its column; the outer 5 % count as the ends."""
    if types.is_datetime64_any_dtype(series.dtype):
        series = series.astype("int64").where(series.notna()).astype(float)
    if not types.is_numeric_dtype(series.dtype):
        return [None] * len(series)
    values = series.astype(float)
    low, high = float(values.quantile(0.05)), float(values.quantile(0.95))
    width = high - low
    if not np.isfinite(width) or width <= 0:
        return [None] * len(series)
    scaled = ((values - low) / width).clip(0, 1)
    return [None if np.isnan(value) else round(float(value), 3) for value in scaled]


def _curve(curve: Dependence) -> DependenceCurve:
    def lists(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[list[float]]:
        return [[rounded(value) for value in output] for output in values.T[:_SHOWN_OUTPUTS]]

    return DependenceCurve(
        column=curve.column,
        numeric=curve.numeric,
        values=[cell(value) for value in curve.values],
        mean=lists(curve.mean),
        low=lists(curve.low),
        high=lists(curve.high),
    )


def _draw(view: ModelExplanation, found: Attribution, made: Path) -> list[str]:
    """The summary, and the dependence on the three columns that matter most."""
    effects = np.array([column.effects[0] for column in view.summary]).T
    levels = np.array([column.levels for column in view.summary], dtype=np.float64).T
    names = [column.column for column in view.summary]
    unit = f"effect on {found.outputs[0]} ({found.space.value.replace('_', '-')})"
    (made / SUMMARY).write_bytes(draw_summary(names, effects, levels, unit=unit))
    plots = [SUMMARY]
    for place, curve in enumerate(view.dependence[:3], start=1):
        band = (np.array(curve.low[0]), np.array(curve.high[0]))
        drawing = draw_dependence(
            curve.column, curve.values, np.array(curve.mean[0]), band, unit=found.outputs[0]
        )
        plots.append(f"dependence-{place}.svg")
        (made / plots[-1]).write_bytes(drawing)
    return plots
