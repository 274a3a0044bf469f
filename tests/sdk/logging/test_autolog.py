"""`maestro_ml.autolog()` in scripts of their own, because it patches the libraries for good."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.sdk.resources.runs import Run

DATA = """
import numpy, maestro_ml
random = numpy.random.default_rng(0)
X = random.normal(size=(200, 4))
y = (X[:, 0] + random.normal(size=200) > 0).astype(int)
"""


def script(body: str, *, log_models: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            *("-W", "ignore", "-c"),
            f"{DATA}maestro_ml.autolog({log_models=})\n{body}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def logged(server: MaestroClient, body: str, *, log_models: bool = False) -> Run:
    """The run that a script logged, which prints its id."""
    done = script(body, log_models=log_models)
    assert done.returncode == 0, done.stderr
    run = server.runs.get(done.stdout.split()[-1])
    assert run.status is RunStatus.FINISHED
    return run


def test_catboost_is_logged_by_our_own(server: MaestroClient) -> None:
    run = logged(
        server,
        """
from catboost import CatBoostClassifier
with maestro_ml.run("cat") as run:
    model = CatBoostClassifier(iterations=7, depth=3, verbose=0, allow_writing_files=False)
    model.fit(X[:150], y[:150], eval_set=(X[150:], y[150:]))
    print(run.id)
""",
        log_models=True,
    )
    assert run.info.params["depth"] == "3"
    assert run.history("learn/Logloss").steps == [*range(7)]
    assert run.history("validation/Logloss").steps == [*range(7)]
    assert 0 <= run.info.metrics["best_iteration"] < 7
    assert "model/model.cbm" in [each.path for each in run.artifacts()]


def test_catboost_without_a_run_makes_one(server: MaestroClient) -> None:
    done = script(
        """
from catboost import CatBoostRegressor
CatBoostRegressor(iterations=3, verbose=0, allow_writing_files=False).fit(X, X[:, 0])
"""
    )
    assert done.returncode == 0, done.stderr
    (run,) = server.runs.list()
    assert (run.status, run.params["iterations"]) == (RunStatus.FINISHED, "3")


@pytest.mark.parametrize(
    "environment", [{"MAESTRO_URL": "http://127.0.0.1:1"}, {"MAESTRO_MODE": "offline"}], ids=str
)
def test_without_a_server_the_model_is_fitted_all_the_same(
    server: MaestroClient, runs: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_FINISH_SECONDS", "0.5")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = script(
        """
from time import monotonic
from sklearn.linear_model import LogisticRegression
with maestro_ml.run("gone") as run:
    begin = monotonic()
    score = LogisticRegression().fit(X, y).score(X, y)
    run.log(score=score)
    print(monotonic() - begin)
"""
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 3
    assert done.stderr.count("need a server that answers") == 1
    (log,) = runs.glob("*/log.jsonl")
    assert '"score"' in log.read_text()


def test_mlflows_autologgers_log_to_the_open_run(server: MaestroClient) -> None:
    done = script(
        """
import lightgbm, xgboost
from sklearn.linear_model import LogisticRegression

with maestro_ml.run("auto", name="scikit-learn", config={"mine": 1}) as run:
    LogisticRegression(C=0.7).fit(X, y)
    run.log(mine=1.0)
with maestro_ml.run("auto", name="lightgbm"):
    data = lightgbm.Dataset(X, y)
    options = {"objective": "binary", "num_leaves": 5, "verbose": -1}
    lightgbm.train(options, data, 5, valid_sets=[data], valid_names=["train"])
with maestro_ml.run("auto", name="xgboost"):
    data = xgboost.DMatrix(X, y)
    options = {"objective": "binary:logistic", "max_depth": 2}
    xgboost.train(options, data, 5, evals=[(data, "train")], verbose_eval=False)
"""
    )
    assert done.returncode == 0, done.stderr
    runs = {run.name: run for run in server.experiments.get("auto").runs()}
    assert {run.status for run in runs.values()} == {RunStatus.FINISHED}
    assert len(runs) == 3  # none beside ours
    for name, (param, value), metric in (
        ("scikit-learn", ("C", "0.7"), "training_accuracy_score"),
        ("lightgbm", ("num_leaves", "5"), "train-binary_logloss"),
        ("xgboost", ("max_depth", "2"), "train-logloss"),
    ):
        assert runs[name].params[param] == value
        assert metric in runs[name].metrics
    assert runs["scikit-learn"].params["mine"] == "1"
    assert runs["scikit-learn"].metrics["mine"] == 1.0


def test_a_fit_outside_of_a_run_makes_one(server: MaestroClient) -> None:
    done = script("from sklearn.linear_model import Ridge\nRidge(alpha=3.0).fit(X, y)")
    assert done.returncode == 0, done.stderr
    (run,) = server.runs.list()
    assert (run.params["alpha"], run.status) == ("3.0", RunStatus.FINISHED)


def test_models_are_logged_and_can_be_loaded_again(server: MaestroClient) -> None:
    logged(
        server,
        """
import mlflow
from sklearn.linear_model import LogisticRegression
with maestro_ml.run("models") as run:
    fitted = LogisticRegression().fit(X, y)
    model = mlflow.last_logged_model()
    assert model.source_run_id == run.id.hex
    loaded = mlflow.sklearn.load_model(f"models:/{model.model_id}")
    assert (loaded.predict(X) == fitted.predict(X)).all()
    print(run.id)
""",
        log_models=True,
    )
