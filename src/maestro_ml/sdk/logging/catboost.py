"""The autologger for CatBoost, which MLflow lacks."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from maestro_ml.sdk.logging.fluent import run
from maestro_ml.sdk.logging.open_runs import open_runs
from maestro_ml.sdk.logging.run import ActiveRun

_KINDS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")


def log_fits(*, log_models: bool) -> None:
    """Let every `fit` log, whether catboost has been imported already or will be later."""
    from mlflow.utils.import_hooks import (  # noqa: PLC0415 - optional, and slow to import
        register_post_import_hook,
    )

    register_post_import_hook(
        lambda catboost: _patch(catboost, log_models=log_models), "catboost", overwrite=True
    )


def _patch(catboost: Any, *, log_models: bool) -> None:
    for name in _KINDS:
        kind = getattr(catboost, name, None)
        if kind is not None and "fit" in vars(kind):
            original = getattr(
                kind.fit, "__wrapped__", kind.fit
            )  # a second call changes the options
            kind.fit = _logged(original, log_models=log_models)


def _logged(fit: Callable[..., Any], *, log_models: bool) -> Callable[..., Any]:
    @functools.wraps(fit)
    def logged(model: Any, *arguments: Any, **options: Any) -> Any:
        fitted = fit(model, *arguments, **options)
        current = open_runs().current()
        if current is not None:
            _log(current, model, log_models=log_models)
        else:
            with run() as own:
                _log(own, model, log_models=log_models)
        return fitted

    return logged


def _log(target: ActiveRun, model: Any, *, log_models: bool) -> None:
    """Params, the curve of each metric on each data set, the best iteration, and the model."""
    try:
        target.log_params(model.get_all_params())
        for data, curves in model.get_evals_result().items():
            for metric, values in curves.items():
                for step, value in enumerate(values):
                    target.log_metrics({f"{data}/{metric}": value}, step=step)
        if model.get_best_iteration() is not None:
            target.log_metrics({"best_iteration": model.get_best_iteration()})
        if log_models:
            with tempfile.TemporaryDirectory() as folder:
                model.save_model(str(Path(folder) / "model.cbm"))
                target.log_artifact(Path(folder) / "model.cbm", "model/model.cbm")
    except Exception as error:  # noqa: BLE001 - the model is fitted; that matters more than its log
        target.trouble.tell("catboost", f"a CatBoost model was not logged: {error!r}.")
