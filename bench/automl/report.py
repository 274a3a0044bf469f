"""The table of ranks, win rates and limits, from the records of all frameworks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from bench.automl.trial import Record

_DRAWS = 2000
_SAME = 1e-6


def report(records: Sequence[Record], budget: float) -> str:
    """What to print for one budget; a failure counts as the best constant prediction."""
    table = pd.DataFrame([asdict(record) for record in records if record.budget == budget])
    table["scored"] = table["error"].fillna(table["constant_error"])
    table["split"] = table["table"] + " #" + table["seed"].astype(str)
    errors = table.pivot_table(index="split", columns="name", values="scored").dropna()
    if errors.empty:
        return f"Budget {budget:g} s: no split that all frameworks have run."
    kept = table[table["split"].isin(errors.index)]
    return "\n\n".join(
        [
            f"Budget {budget:g} s, {len(errors)} splits of {kept['table'].nunique()} tables",
            _summary(kept, errors, budget).to_string(),
            "Won by the row against the column (ties half), 95 % interval over tables:",
            _wins(errors).to_string(),
            "Error on held-back rows (1 - AUC, log loss, RMSE):",
            errors.round(5).to_string(),
        ]
    )


def _summary(kept: pd.DataFrame, errors: pd.DataFrame, budget: float) -> pd.DataFrame:
    best = errors.min(axis=1)
    constant = kept.groupby("split")["constant_error"].first().reindex(errors.index)
    gap = (constant - best).clip(lower=1e-12)
    of = kept.groupby("name")
    summary = pd.DataFrame(
        {
            "mean rank": errors.rank(axis=1).mean().round(2),
            "regret %": (100 * errors.sub(best, axis=0).div(gap, axis=0)).mean().round(2),
            "fit s": of["fit_seconds"].mean().round(1),
            "longest / budget": (of["fit_seconds"].max() / budget).round(3),
            "predict s": of["predict_seconds"].mean().round(2),
            "peak MB": of["peak_mb"].max().round(),
            "cpu share": of["cpu_share"].median().round(2),
            "failed": of["failure"].apply(lambda failures: int((failures != "").sum())),
        }
    )
    return summary.sort_values("mean rank")


def _wins(errors: pd.DataFrame) -> pd.DataFrame:
    names = list(errors)
    wins = pd.DataFrame("", index=names, columns=names)
    for row in names:
        for column in names:
            if row != column:
                wins.loc[row, column] = _win_rate(errors[row], errors[column])
    return wins


def _win_rate(own: pd.Series, other: pd.Series) -> str:
    """Mean over tables of the share of splits won; the interval draws tables, not splits."""
    same = (own - other).abs() <= _SAME * other.abs()
    won = pd.Series(np.where(same, 0.5, own < other), index=own.index, dtype=float)
    by_table = won.groupby([split.rsplit(" #")[0] for split in own.index]).mean().to_numpy()
    draws = np.random.default_rng(0).choice(by_table, (_DRAWS, len(by_table))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{by_table.mean():.0%} [{low:.0%}, {high:.0%}]"
