"""`maestro_ml.autolog()`: MLflow's autologgers, pointed at our server and at the run that is open."""

from __future__ import annotations

import os
from typing import Any

from maestro_ml.sdk.credentials import resolve
from maestro_ml.sdk.errors import ConfigurationError
from maestro_ml.sdk.logging.catboost import log_fits
from maestro_ml.sdk.logging.open_runs import open_runs
from maestro_ml.sdk.logging.run import ActiveRun
from maestro_ml.sdk.logging.settings import read_logging_settings
from maestro_ml.sdk.logging.trouble import Trouble

_JOIN_SECONDS = 10.0
_MODEST = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""The addresses that MLflow prints are those of its own UI, its telemetry goes to strangers, and it
waits for its answers: by default it would hold a training for minutes when nobody gives one."""


_LEFT_OUT = (
    "what MLflow's autologgers find is left out: they need a server that answers. CatBoost and all that "
    "is logged by hand are kept."
)


def autolog(*, log_models: bool = True) -> None:
    """Log params, metrics and models of every `fit` from here on, without another line.

    scikit-learn, LightGBM, XGBoost, PyTorch Lightning, Keras and TensorFlow are logged by MLflow's
    own autologgers, through the MLflow protocol of our server; CatBoost, for which MLflow has none, by
    ours. Inside `maestro_ml.run(...)` all of it goes to that run, else each fit makes a run of its
    own. MLflow's need a server that answers: without one a run goes on without them. Raises
    ConfigurationError when MLflow is not installed.
    """
    loggers = _Autologgers(_mlflow(), log_models=log_models)
    log_fits(log_models=log_models)
    if read_logging_settings().offline:
        Trouble().tell("autolog", _LEFT_OUT)
        return
    loggers.switch(on=True)
    runs = open_runs()
    runs.at_begin("autolog", loggers.join)
    current = runs.current()
    if current is not None:
        loggers.join(current)


def _mlflow() -> Any:
    os.environ |= {name: value for name, value in _MODEST.items() if name not in os.environ}
    try:
        import mlflow  # noqa: PLC0415 - an optional library that takes a second
    except ImportError as error:
        raise ConfigurationError(
            "MLflow, whose autologgers are used, is not installed.",
            "pip install mlflow-skinny, or pip install 'maestro-ml[ml]'.",
        ) from error
    found = resolve(None, None)
    mlflow.set_tracking_uri(found.url)
    if found.api_key:
        os.environ["MLFLOW_TRACKING_TOKEN"] = found.api_key
    return mlflow


class _Autologgers:
    """Those of MLflow; they follow the runs that begin and end."""

    def __init__(self, mlflow: Any, *, log_models: bool) -> None:
        self._mlflow = mlflow
        self._log_models = log_models

    def switch(self, *, on: bool) -> None:
        self._mlflow.autolog(
            disable=not on, log_models=self._log_models, log_traces=False, silent=True
        )

    def join(self, run: ActiveRun) -> None:
        """Make `run` the one that MLflow logs to, once the server has it."""
        mlflow = self._mlflow
        if run.flusher is None or not run.flusher.wait_for(run.journal, _JOIN_SECONDS):
            run.trouble.tell("autolog", _LEFT_OUT)
            self.switch(on=False)  # each of their requests would wait for an answer
            run.at_end(lambda: self.switch(on=True))
            return
        try:
            mlflow.start_run(run_id=run.id.hex, nested=mlflow.active_run() is not None)
        except Exception as error:  # noqa: BLE001 - MLflow's or the network's; the training goes on
            run.trouble.tell("autolog", f"the autologgers could not join the run: {error}")
            return
        run.at_end(lambda: self._leave(run))

    def _leave(self, run: ActiveRun) -> None:
        try:
            self._mlflow.end_run()
        except Exception as error:  # noqa: BLE001 - the run's end comes from us in any case
            run.trouble.tell("autolog", f"MLflow could not leave the run: {error}")
