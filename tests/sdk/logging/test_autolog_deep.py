"""`maestro_ml.autolog()` with PyTorch Lightning and Keras, where they are installed.

They are too big for the locked environment. MAESTRO_AUTOLOG_PYTHON names the interpreter of another
one that has them, with maestro-ml and mlflow.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

import pytest

from maestro_ml import MaestroClient
from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.sdk.resources.runs import Run

PYTHON = os.environ.get("MAESTRO_AUTOLOG_PYTHON", sys.executable)

LIGHTNING = """
import lightning, maestro_ml, torch
from torch.utils.data import DataLoader, TensorDataset

maestro_ml.autolog(log_models={log_models})

class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch, _):
        x, y = batch
        loss = torch.nn.functional.mse_loss(self.layer(x), y)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)

x = torch.randn(64, 4)
batches = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=16)
with maestro_ml.run("lightning") as run:
    trainer = lightning.Trainer(
        max_epochs=3, accelerator="cpu", logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )
    trainer.fit(Net(), batches)
    run.log(mine=1.0)
print(run.id)
"""
KERAS = """
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras, maestro_ml, numpy

maestro_ml.autolog(log_models={log_models})
x = numpy.random.default_rng(0).normal(size=(64, 4))
with maestro_ml.run("keras") as run:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, x.sum(1), epochs=3, batch_size=16, verbose=0)
    run.log(mine=1.0)
print(run.id)
"""


@cache
def has(library: str) -> bool:
    """Whether the interpreter can import it, with what it stands on."""
    asked = [PYTHON, "-c", f"import mlflow, torch, {library}"]
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    return subprocess.run(asked, capture_output=True, check=False, env=environment).returncode == 0


def logged(server: MaestroClient, script: str, *, log_models: bool) -> Run:
    """The run that a script logged, which prints its id."""
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", script.format(log_models=log_models)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "could not" not in done.stderr
    run = server.runs.get(done.stdout.split()[-1])
    assert run.status is RunStatus.FINISHED
    assert run.info.metrics["mine"] == 1.0
    return run


@pytest.mark.slow
@pytest.mark.parametrize("log_models", [False, True])
def test_lightning_is_logged(server: MaestroClient, log_models: bool) -> None:
    if not has("lightning"):
        pytest.skip("lightning is not installed")
    run = logged(server, LIGHTNING, log_models=log_models)
    assert len(run.history("train_loss").steps) == 3
    assert run.info.params["epochs"] == "3"
    assert run.info.params["optimizer_name"] == "SGD"
    models = [*server.exports.logged_models(run.info.experiment_id)]
    assert any(file.path == "MLmodel" for model in models for file in model.artifacts) is log_models


@pytest.mark.slow
@pytest.mark.parametrize("log_models", [False, True])
def test_keras_is_logged(server: MaestroClient, log_models: bool) -> None:
    if not has("keras"):
        pytest.skip("keras is not installed")
    run = logged(server, KERAS, log_models=log_models)
    assert run.history("loss").steps == [0, 1, 2]
    assert run.info.params["epochs"] == "3"
    models = [*server.exports.logged_models(run.info.experiment_id)]
    assert any(file.path == "MLmodel" for model in models for file in model.artifacts) is log_models
