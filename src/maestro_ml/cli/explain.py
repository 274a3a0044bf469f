"""`maestro explain`: what speaks for a prediction, or what matters to a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer

from maestro_ml.cli.cells import cell
from maestro_ml.cli.context import Cli
from maestro_ml.cli.deployments import read_rows
from maestro_ml.cli.output import Columns, Mode, Output
from maestro_ml.contracts.explain import (
    Contribution,
    ExplainedOutput,
    Explanation,
    ExplanationKind,
    ModelExplanation,
)
from maestro_ml.sdk.client import MaestroClient

_WIDTH = 24
_SHOWN = 15
_SHOWN_SLICES = 6


def explain(
    cli: Cli,
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="name, name/3 or name@alias; newest by default.")
    ],
    row: Annotated[
        str | None,
        typer.Option(help="A row as JSON, a JSON file, - for stdin, or a row's number from 0."),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Rows to compare with; by default those of the training.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="The column with the truth, if the model does not say it.")
    ] = None,
    method: Annotated[
        ExplanationKind, typer.Option(help="shap or lime, for a row.", case_sensitive=False)
    ] = ExplanationKind.SHAP,
    save: Annotated[
        Path | None, typer.Option(help="A folder for the pictures (SVG) and the data (Parquet).")
    ] = None,
) -> None:
    """Explain a row of a model, or without one the model as a whole."""
    with cli.out.spinner(f"Explaining {model}"):
        if row is None:
            found = cli.client.explain.model(model, dataset=dataset, target=target)
        else:
            found = _explain_row(cli.client, model, row, dataset, method)
    if save is not None:
        _save(cli.client, found, save)
        cli.out.note(f"Saved {', '.join(found.plot_urls)} and the data to {save}.")
    if cli.out.mode is Mode.JSON:
        cli.out.json(found.model_dump(mode="json"))
    elif cli.out.mode is Mode.QUIET:
        cli.out.text(str(found.id))
    else:
        _show(cli.out, found)


def _explain_row(
    client: MaestroClient, model: str, row: str, dataset: str | None, method: ExplanationKind
) -> Explanation:
    if row.isdecimal():
        return client.explain.row(model, int(row), method=method, dataset=dataset)
    rows = read_rows(row)
    if method is ExplanationKind.LIME:
        if len(rows) != 1:
            raise typer.BadParameter("LIME explains one row at a time; give one")
        return client.explain.lime(model, rows[0], dataset=dataset)
    return client.explain.shap(model, rows, dataset=dataset)


def _save(client: MaestroClient, found: Explanation, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in found.plot_urls:
        client.explain.save_plot(found, name, folder / f"{name}.svg")
    client.explain.save_data(found, folder / "values.parquet")


def _show(out: Output, found: Explanation) -> None:
    compared = found.dataset or "the model's input example"
    out.text(
        f"{found.model} version {found.version}, {found.method}, compared with "
        f"{found.background_rows} rows of {compared}"
    )
    if found.model_view is not None:
        _show_model(out, found.model_view)
    for row in found.rows:
        output = next(each for each in row.outputs if each.output == row.chosen)
        _show_output(out, output, found.space)
    for warning in found.warnings:
        out.warn(warning)


def _show_model(out: Output, view: ModelExplanation) -> None:
    shown = view.importances[:_SHOWN]
    most = max((each.shap for each in shown), default=0.0)
    cells = {
        "Column": [each.column for each in shown],
        "Mean effect": [cell(each.shap) for each in shown],
        "": [bar(each.shap, most) for each in shown],
        "Loss if shuffled": [cell(each.shuffle_loss) for each in shown],
    }
    _table(out, cells)
    if view.score is not None:
        out.text(f"\n{view.metric} {cell(view.score)} on these rows")
    known = [each for each in view.slices if each.difference is not None]
    worst = sorted(known, key=lambda each: -(each.difference or 0.0))[:_SHOWN_SLICES]
    if worst:
        out.text("")
        _table(
            out,
            {
                "Slice": [each.column for each in worst],
                "Metric": [each.metric for each in worst],
                "Difference": [cell(each.difference) for each in worst],
                "Groups": [
                    ", ".join(
                        f"{group.group} {cell(group.value)} (n={group.count})"
                        for group in each.groups
                    )
                    for each in worst
                ],
            },
        )


def _show_output(out: Output, output: ExplainedOutput, space: str) -> None:
    said = f"{output.output}: {output.prediction:.4g} ({space.replace('_', '-')})"
    if output.fit is None:
        out.text(f"\n{said}, on average {output.base:.4g}")
    else:
        out.text(f"\n{said}; the local model fits with R squared {output.fit:.2f}")
    shown = output.contributions[:_SHOWN]
    most = max((abs(each.effect) for each in shown), default=0.0)
    _table(
        out,
        {
            "Column": [_label(each) for each in shown],
            "Effect": [f"{each.effect:+.4g}" for each in shown],
            "": [bar(each.effect, most) for each in shown],
        },
    )
    rest = output.contributions[_SHOWN:]
    if rest:
        out.text(f"{len(rest)} others: {sum(each.effect for each in rest):+.4g}")


def _label(contribution: Contribution) -> str:
    return contribution.rule or f"{contribution.column} = {cell(contribution.value)}"


def _table(out: Output, columns: Mapping[str, Sequence[str]]) -> None:
    rows: list[tuple[str, ...]] = list(zip(*columns.values(), strict=True))
    shown: Columns[tuple[str, ...]] = {
        heading: itemgetter(place) for place, heading in enumerate(columns)
    }
    out.table(rows, shown, key=itemgetter(0))


def bar(value: float, most: float) -> str:
    """A bar whose length is the share of `most`, with a sign in front if it pulls down."""
    if most <= 0:
        return ""
    length = round(_WIDTH * abs(value) / most)
    return ("▒" if value < 0 else "█") * length
