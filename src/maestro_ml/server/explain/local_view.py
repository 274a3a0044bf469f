"""The explanation of rows: SHAP of up to a hundred, LIME of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from maestro_ml.contracts.explain import (
    Contribution,
    ExplainedOutput,
    ExplainedRow,
    ExplanationContent,
)
from maestro_ml.engine.explain import (
    Attribution,
    LocalFit,
    Space,
    Subject,
    explain_rows,
    fit_around,
)
from maestro_ml.engine.explain.pictures import Row, force, waterfall
from maestro_ml.server.explain.cells import cell, instance, named
from maestro_ml.server.explain.rules import DATA

_UNITS = {
    Space.VALUE: "prediction",
    Space.PROBABILITY: "probability",
    Space.LOG_ODDS: "log-odds",
}
WATERFALL, FORCE = "waterfall.svg", "force.svg"


def explain_instances(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, made: Path, seed: int
) -> ExplanationContent:
    """SHAP of `rows`; the pictures are those of the first. Raises ExplanationError."""
    found = explain_rows(subject, rows, background, seed=seed)
    read = subject.take(rows)
    explained = [_row(found, read, number) for number in range(len(rows))]
    _draw(explained[0], _UNITS[found.space], made)
    write_values(found, read, made)
    chosen = [_chosen_effects(row) for row in explained]
    return ExplanationContent(
        method=found.method.value,
        space=found.space.value,
        outputs=list(found.outputs),
        background_rows=found.background_rows,
        explained_rows=len(rows),
        feature_importances=_mean_absolute(found.columns, chosen),
        shap_values=chosen,
        rows=explained,
        plots=[WATERFALL, FORCE],
    )


def explain_around(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, made: Path, seed: int
) -> ExplanationContent:
    """LIME of the single row. Raises ExplanationError."""
    found = fit_around(subject, rows, background, seed=seed)
    read = subject.take(rows)
    explained = _fitted_row(found, read)
    unit = _UNITS[subject.space]
    _draw(explained, f"{unit}, by the local model", made)
    effects = _chosen_effects(explained)
    pd.DataFrame(
        [
            {"output": output, "rule": rule, "column": column, "weight": found.weights[i, k]}
            for k, output in enumerate(found.outputs)
            for i, (column, rule) in enumerate(zip(found.columns, found.rules, strict=True))
        ]
    ).to_parquet(made / DATA)
    return ExplanationContent(
        method="lime",
        space=subject.space.value,
        outputs=list(found.outputs),
        background_rows=len(background),
        explained_rows=1,
        feature_importances=_mean_absolute(found.columns, [effects]),
        shap_values=[],
        rows=[explained],
        plots=[WATERFALL, FORCE],
    )


def write_values(found: Attribution, rows: pd.DataFrame, made: Path) -> None:
    """All effects as Parquet: a line for each row and output, with base and prediction."""
    parts = []
    for k, output in enumerate(found.outputs):
        part = pd.DataFrame(found.values[:, :, k], columns=list(found.columns), index=rows.index)
        place = {"row": rows.index, "output": output, "base": found.base[k]}
        head = pd.DataFrame({**place, "prediction": found.predictions[:, k]}, index=rows.index)
        parts.append(pd.concat([head, part.add_prefix("effect of ")], axis=1))
    pd.concat(parts, ignore_index=True).to_parquet(made / DATA)


def _row(found: Attribution, rows: pd.DataFrame, number: int) -> ExplainedRow:
    values = instance(rows, number)
    outputs = []
    for k, output in enumerate(found.outputs):
        errors = None if found.errors is None else found.errors[number, :, k]
        contributions = [
            Contribution(
                column=column,
                value=values[column],
                effect=float(found.values[number, i, k]),
                error=None if errors is None else cell_error(errors[i]),
            )
            for i, column in enumerate(found.columns)
        ]
        outputs.append(
            ExplainedOutput(
                output=output,
                base=float(found.base[k]),
                prediction=float(found.predictions[number, k]),
                contributions=_greatest_first(contributions),
            )
        )
    chosen = found.outputs[int(np.argmax(found.predictions[number]))]
    return ExplainedRow(instance=values, chosen=chosen, outputs=outputs)


def cell_error(error: float) -> float | None:
    """A standard error, None where one order of columns cannot tell it."""
    found = cell(float(error))
    return found if isinstance(found, float) else None


def _fitted_row(found: LocalFit, rows: pd.DataFrame) -> ExplainedRow:
    values = instance(rows, 0)
    outputs = [
        ExplainedOutput(
            output=output,
            base=float(found.intercept[k]),
            prediction=float(found.prediction[k]),
            contributions=_greatest_first(
                [
                    Contribution(
                        column=column,
                        value=values[column],
                        effect=float(found.weights[i, k]),
                        rule=found.rules[i],
                    )
                    for i, column in enumerate(found.columns)
                ]
            ),
            fit=float(found.fit[k]),
            local_prediction=float(found.local_prediction[k]),
        )
        for k, output in enumerate(found.outputs)
    ]
    chosen = found.outputs[int(np.argmax(found.prediction))]
    return ExplainedRow(instance=values, chosen=chosen, outputs=outputs)


def _greatest_first(contributions: list[Contribution]) -> list[Contribution]:
    return sorted(contributions, key=lambda each: -abs(each.effect))


def _chosen_effects(row: ExplainedRow) -> dict[str, float]:
    output = next(each for each in row.outputs if each.output == row.chosen)
    return {each.column: each.effect for each in output.contributions}


def _mean_absolute(columns: Sequence[str], effects: Sequence[dict[str, float]]) -> dict[str, float]:
    mean = {name: float(np.mean([abs(row[name]) for row in effects])) for name in columns}
    return dict(sorted(mean.items(), key=lambda item: -item[1]))


def _draw(row: ExplainedRow, unit: str, made: Path) -> None:
    output = next(each for each in row.outputs if each.output == row.chosen)
    drawn = Row(
        output=output.output,
        unit=unit,
        base=output.base,
        prediction=output.prediction if output.fit is None else output.local_prediction or 0.0,
        names=[each.rule or named(each.column, each.value) for each in output.contributions],
        effects=np.array([each.effect for each in output.contributions]),
    )
    (made / WATERFALL).write_bytes(waterfall(drawn))
    (made / FORCE).write_bytes(force(drawn))
