"""SHAP values of 1,000 rows of a LightGBM model, and how far they are from its predictions.

python -m bench.explain_rows
"""

import time

import lightgbm as lgb
import numpy as np
import pandas as pd

from maestro_ml.engine.explain import estimator_subject, explain_rows

ROWS, COLUMNS, TREES = 1000, 30, 300


def main() -> None:
    """Train on made-up rows, explain, and print the seconds and the largest deviation."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(20_000, COLUMNS))).add_prefix("c")
    signal = 2 * table["c0"] + table["c1"] * table["c2"] + rng.normal(size=len(table))
    model = lgb.LGBMClassifier(n_estimators=TREES, verbose=-1, n_jobs=1).fit(table, signal > 0)
    rows, background = table.head(ROWS), table.head(500)
    subject = estimator_subject(model, background)
    began = time.perf_counter()
    found = explain_rows(subject, rows, background)
    seconds = time.perf_counter() - began
    margins = np.asarray(model.predict(rows, raw_score=True))
    deviation = np.abs(found.base + found.values.sum(axis=1) - margins[:, None]).max()
    print(
        f"{ROWS:,} rows x {COLUMNS} columns, {TREES} trees: {seconds:.2f} s by {found.method}, "
        f"largest deviation of sum + base from the prediction {deviation:.1g}"
    )


if __name__ == "__main__":
    main()
