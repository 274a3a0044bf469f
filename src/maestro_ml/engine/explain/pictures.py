"""Explanations as SVG: waterfall and force of one row, summary of many, dependence of one column."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from maestro_ml.engine.explain.subject import FloatArray

UP, DOWN, QUIET = "#c2410c", "#1d4ed8", "#6b7280"
_SHOWN = 12
_LOW_TO_HIGH = LinearSegmentedColormap.from_list("low to high", [DOWN, "#a78bfa", UP])


@dataclass(frozen=True)
class Row:
    """One row's contributions to one output: names such as `age = 38`, and effects, (d,)."""

    output: str
    unit: str
    base: float
    prediction: float
    names: Sequence[str]
    effects: FloatArray


def waterfall(row: Row) -> bytes:
    """From the base to the prediction, one bar a column, the greatest on top."""
    names, effects = _greatest(row)
    ends = row.base + np.cumsum(effects[::-1])
    starts = ends - effects[::-1]
    figure, axes = _axes(6.4, 1.2 + 0.34 * len(names))
    places = np.arange(len(names))
    colours = [UP if effect > 0 else DOWN for effect in effects[::-1]]
    axes.barh(places, effects[::-1], left=starts, color=colours, height=0.7)
    for place, effect, start in zip(places, effects[::-1], starts, strict=True):
        edge = max(start, start + effect)
        axes.annotate(f" {effect:+.3g}", (edge, place), va="center", fontsize=8, color=QUIET)
    axes.set_yticks(places, names[::-1])
    axes.axvline(row.base, color=QUIET, linewidth=0.8, linestyle=":")
    axes.axvline(row.prediction, color=QUIET, linewidth=0.8)
    axes.margins(x=0.12)
    axes.set_xlabel(row.unit)
    axes.set_title(f"{row.output}: {row.prediction:.4g} (on average {row.base:.4g})", fontsize=10)
    return _svg(figure)


def force(row: Row) -> bytes:
    """All columns in one line: what pushes up meets what pushes down at the prediction."""
    names, effects = _greatest(row)
    figure, axes = _axes(8.0, 2.2)
    for sign, colour in ((1, UP), (-1, DOWN)):
        edge = row.prediction
        for name, effect in zip(names, effects, strict=True):
            if effect * sign <= 0:
                continue
            axes.barh(0, -effect, left=edge, color=colour, height=0.5, edgecolor="white")
            axes.annotate(
                name,
                (edge - effect / 2, -0.34),
                rotation=20,
                ha="right",
                va="top",
                fontsize=7,
                color=QUIET,
            )
            edge -= effect
    axes.axvline(row.prediction, color="black", linewidth=1)
    axes.set_yticks([])
    axes.set_ylim(-1.4, 0.5)
    axes.set_title(f"{row.output}: {row.prediction:.4g} (on average {row.base:.4g})", fontsize=10)
    axes.xaxis.tick_top()
    return _svg(figure)


def summary(
    names: Sequence[str], effects: FloatArray, levels: FloatArray, *, unit: str, seed: int = 0
) -> bytes:
    """Every row's contribution of every column; the colour is how high the column's value is.

    effects: (n, d), the columns in order of importance. levels: (n, d) from 0 to 1, NaN if unknown.
    """
    shown = min(len(names), _SHOWN)
    figure, axes = _axes(6.4, 1.2 + 0.36 * shown)
    rng = np.random.default_rng(seed)
    for column in range(shown):
        place = shown - 1 - column
        spread = place + rng.uniform(-0.25, 0.25, len(effects))
        known = ~np.isnan(levels[:, column])
        axes.scatter(effects[~known, column], spread[~known], s=9, color=QUIET, alpha=0.6)
        axes.scatter(
            effects[known, column],
            spread[known],
            s=9,
            c=levels[known, column],
            cmap=_LOW_TO_HIGH,
            vmin=0,
            vmax=1,
            alpha=0.7,
        )
    axes.set_yticks(np.arange(shown), list(names[:shown])[::-1])
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.set_xlabel(unit)
    return _svg(figure)


def dependence(
    name: str,
    values: Sequence[object],
    mean: FloatArray,
    band: tuple[FloatArray, FloatArray],
    *,
    unit: str,
) -> bytes:
    """The mean answer for each value of a column, with the band of rows; (G,) each."""
    figure, axes = _axes(5.2, 3.4)
    low, high = band
    numeric = all(isinstance(value, int | float) for value in values)
    if numeric:
        at = np.asarray(values, dtype=np.float64)
        axes.fill_between(at, low, high, color=DOWN, alpha=0.12, linewidth=0)
        axes.plot(at, mean, color=DOWN, marker="o", markersize=3)
    else:
        places = np.arange(len(values))
        axes.errorbar(places, mean, yerr=[mean - low, high - mean], fmt="o", color=DOWN, capsize=3)
        axes.set_xticks(places, [str(value)[:24] for value in values], rotation=30, ha="right")
    axes.set_xlabel(name)
    axes.set_ylabel(unit)
    return _svg(figure)


def _greatest(row: Row) -> tuple[list[str], FloatArray]:
    """The columns that matter most, the rest as one, greatest first."""
    order = np.argsort(-np.abs(row.effects), kind="stable")
    names = [row.names[i] for i in order[:_SHOWN]]
    effects = row.effects[order[:_SHOWN]]
    if len(order) > _SHOWN:
        names.append(f"{len(order) - _SHOWN} others")
        effects = np.append(effects, row.effects[order[_SHOWN:]].sum())
    return names, effects


def _axes(width: float, height: float) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Figure) -> bytes:
    """Without the time of making, so that the same figures give the same bytes."""
    sink = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "maestro"}):
        figure.savefig(sink, format="svg", metadata={"Date": None})
    return sink.getvalue()
