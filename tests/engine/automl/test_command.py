"""A search from a shell, without a server."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


def search(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maestro_ml.engine.automl", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    label = np.where(x + 0.3 * rng.normal(size=400) > 0, "01", "00")
    pd.DataFrame({"x": x, "noise": rng.normal(size=400), "y": label}).to_csv(
        tmp_path / "train.csv", index=False
    )
    pd.DataFrame({"x": [-2.0, 2.0], "noise": [0.0, 0.0]}).to_csv(tmp_path / "test.csv", index=False)
    return tmp_path


def test_predictions_and_what_was_found_are_written(table: Path) -> None:
    out = table / "out.csv"
    done = search(
        *("--train", table / "train.csv", "--target", "y", "--task", "binary"),
        *("--metric", "log_loss", "--budget", 5, "--cores", 1),
        *("--test", table / "test.csv", "--out", out, "--model", table / "model.pkl"),
    )
    assert done.returncode == 0, done.stderr
    written = pd.read_csv(out, dtype={"prediction": str})
    assert written["prediction"].tolist() == ["00", "01"]
    assert written["proba_01"].between(0, 1).all()
    assert np.allclose(written[["proba_00", "proba_01"]].sum(axis=1), 1)
    found = json.loads((table / "out.csv.json").read_text())
    assert found["metric"] == "neg_log_loss"
    assert 0 < found["fit_s"] < 5 * 1.05 + 2
    assert "linear" in done.stdout
    assert (table / "model.pkl").stat().st_size > 0


@pytest.mark.parametrize(
    ("target", "metric", "told"),
    [("z", "roc_auc", "no column 'z'"), ("y", "r2", "cannot score a binary task")],
)
def test_what_is_wrong_is_said_in_a_sentence(
    table: Path, target: str, metric: str, told: str
) -> None:
    done = search(
        *("--train", table / "train.csv", "--target", target),
        *("--task", "binary", "--metric", metric, "--budget", 5),
    )
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
