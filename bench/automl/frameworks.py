"""One fit by one framework: `python frameworks.py FOLDER`, by the interpreter that has the framework.

The folder holds task.json, train.csv and test.csv; predictions.csv (a column for each class, or
`prediction`) and outcome.json (seconds, version, what was chosen) are written into it. Stands alone:
the environments of other frameworks have nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

MISSING = "\\N"
# Predictions (n,) or (n, K) with the labels of their columns, and what is worth knowing.
Fitted = tuple[Any, "list[str]", "dict[str, Any]"]


def fit_maestro(
    task: dict[str, Any], table: pd.DataFrame, y: pd.Series
) -> Callable[[pd.DataFrame], Fitted]:
    """Our engine with its defaults."""
    from maestro_ml.engine.automl import AutoMLEngine

    result = AutoMLEngine(
        task["budget"],
        task=task["task"],
        seed=task["seed"],
        n_jobs=task["cores"],
        **task["options"],
    ).fit(table, y)
    info = {
        "trials": len(result.leaderboard),
        "skipped": len(result.skipped),
        "best": result.ensemble,
    }

    def predict(rows: pd.DataFrame) -> Fitted:
        if result.model.classes_ is None:
            return result.model.predict(rows), [], info
        return result.model.predict_proba(rows), [str(c) for c in result.model.classes_], info

    return predict


def fit_flaml(
    task: dict[str, Any], table: pd.DataFrame, y: pd.Series
) -> Callable[[pd.DataFrame], Fitted]:
    """FLAML with its defaults."""
    search = import_module("flaml").AutoML()
    search.fit(
        X_train=table,
        y_train=y,
        task="regression" if task["task"] == "regression" else "classification",
        metric=task["metric"],
        time_budget=task["budget"],
        n_jobs=task["cores"],
        seed=task["seed"],
        verbose=0,
        log_file_name="",
    )
    info = {"best": search.best_estimator}

    def predict(rows: pd.DataFrame) -> Fitted:
        if task["task"] == "regression":
            return search.predict(rows), [], info
        return search.predict_proba(rows), [str(c) for c in search.classes_], info

    return predict


def fit_autogluon(
    task: dict[str, Any], table: pd.DataFrame, y: pd.Series
) -> Callable[[pd.DataFrame], Fitted]:
    """AutoGluon's best quality as far as it fits a minute on one core.

    Folds one after another, without neural networks (they come first and would take it all), and
    without the trial run for stacking, which takes a quarter of the time.
    """
    predictor = import_module("autogluon.tabular").TabularPredictor(
        label="target",
        eval_metric={"rmse": "root_mean_squared_error"}.get(task["metric"], task["metric"]),
        problem_type=task["task"],
        path=str(Path(task["folder"]) / "autogluon"),
        verbosity=0,
    )
    predictor.fit(
        table.assign(target=y.to_numpy()),
        presets="best_quality",
        time_limit=task["budget"],
        num_cpus=task["cores"],
        num_gpus=0,
        ag_args_ensemble={"fold_fitting_strategy": "sequential_local"},
        dynamic_stacking=False,
        excluded_model_types=["NN_TORCH", "FASTAI"],
    )
    info = {"best": predictor.model_best}

    def predict(rows: pd.DataFrame) -> Fitted:
        if task["task"] == "regression":
            return predictor.predict(rows).to_numpy(), [], info
        shares = predictor.predict_proba(rows)
        return shares.to_numpy(), [str(c) for c in shares.columns], info

    return predict


def fit_lightgbm(
    task: dict[str, Any], table: pd.DataFrame, y: pd.Series
) -> Callable[[pd.DataFrame], Fitted]:
    """LightGBM as it comes, categories as such."""
    import lightgbm as lgb

    words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    kinds = {name: pd.CategoricalDtype(sorted(table[name].dropna().unique())) for name in words}

    def rows_of(rows: pd.DataFrame) -> pd.DataFrame:
        read = rows.astype(kinds)
        return read.set_axis([f"f{i}" for i in range(read.shape[1])], axis=1)

    kind = lgb.LGBMRegressor if task["task"] == "regression" else lgb.LGBMClassifier
    model = kind(n_jobs=task["cores"], random_state=task["seed"], verbose=-1).fit(rows_of(table), y)

    def predict(rows: pd.DataFrame) -> Fitted:
        if task["task"] == "regression":
            return model.predict(rows_of(rows)), [], {}
        return model.predict_proba(rows_of(rows)), [str(c) for c in model.classes_], {}

    return predict


FRAMEWORKS = {
    "maestro": (fit_maestro, "maestro-ml"),
    "flaml": (fit_flaml, "flaml"),
    "autogluon": (fit_autogluon, "autogluon.tabular"),
    "lightgbm": (fit_lightgbm, "lightgbm"),
}


def read_table(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """A table with the types it was written with."""
    kinds = {name: object if kind == "text" else kind for name, kind in columns.items()}
    return pd.read_csv(
        path, dtype=kinds, keep_default_na=False, na_values=[MISSING], float_precision="round_trip"
    )


def main(folder: Path) -> None:
    """Fit, predict and write both down with the seconds that they took."""
    warnings.filterwarnings("ignore")
    task = json.loads((folder / "task.json").read_text())
    fit, package = FRAMEWORKS[task["framework"]]
    train = read_table(folder / "train.csv", task["columns"] | {"target": task["target"]})
    test = read_table(folder / "test.csv", task["columns"])
    y = train.pop("target")
    began = time.perf_counter()
    predict = fit({**task, "folder": str(folder)}, train, y)
    fitted = time.perf_counter()
    predictions, labels, info = predict(test)
    done = time.perf_counter()
    pd.DataFrame(predictions, columns=labels or ["prediction"]).to_csv(
        folder / "predictions.csv", index=False
    )
    outcome = {
        "fit_seconds": fitted - began,
        "predict_seconds": done - fitted,
        "version": version(package),
        "info": info,
    }
    (folder / "outcome.json").write_text(json.dumps(outcome, default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
