"""A packed model works in a fresh process, through MLflow and through our own loader alike."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.server.registry.package import read_package

ROWS = 60


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    generator = np.random.default_rng(7)
    ages = generator.uniform(1, 80, ROWS)
    ages[::9] = np.nan
    return pd.DataFrame(
        {
            "age": ages,
            "sex": generator.choice(["male", "female"], ROWS),
            "siblings": generator.integers(0, 4, ROWS),
            "adult": generator.choice([True, False], ROWS),
            "seen": pd.date_range("2026-01-01", periods=ROWS),
        }
    )


@pytest.fixture(scope="module")
def fitted(table: pd.DataFrame) -> Pipeline:
    columns = make_column_transformer(
        (SimpleImputer(), ["age", "siblings"]),
        (OneHotEncoder(handle_unknown="ignore"), ["sex"]),
    )
    target = np.where(table["sex"] == "female", "yes", "no")
    return make_pipeline(columns, LogisticRegression()).fit(table, target)


@pytest.fixture(scope="module")
def packed(fitted: Pipeline, table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "model"
    return save_model(folder, fitted, table, optional=["seen"])


def test_the_package_tells_what_it_is(packed: Path) -> None:
    package = read_package(packed)
    assert package.signature is not None
    assert [(c.name, c.type, c.required) for c in package.signature.inputs] == [
        ("age", "double", True),
        ("sex", "string", True),
        ("siblings", "long", True),
        ("adult", "boolean", True),
        ("seen", "datetime", False),
    ]
    assert [(c.name, c.type) for c in package.signature.outputs] == [("prediction", "string")]
    assert package.input_example["columns"][0] == "age"


def test_requirements_are_the_libraries_that_were_used(packed: Path) -> None:
    lines = (packed / "requirements.txt").read_text().split()
    names = {line.partition("==")[0] for line in lines}
    assert {"scikit-learn", "numpy", "pandas", "maestro-ml", "mlflow-skinny"} <= names
    assert not {"lightgbm", "xgboost-cpu", "catboost", "sqlalchemy"} & names
    assert all("==" in line for line in lines)


FRESH = """
import sys, json, warnings
warnings.simplefilter("ignore")
import pandas as pd
table = pd.read_parquet(sys.argv[2])
if sys.argv[3] == "mlflow":
    import mlflow.pyfunc
    said = mlflow.pyfunc.load_model(sys.argv[1]).predict(table)
else:
    from pathlib import Path
    from maestro_ml.engine.inference import load_model
    said, _ = load_model(Path(sys.argv[1])).predict(table)
    assert "mlflow" not in sys.modules
print(json.dumps([str(each) for each in said]))
"""


@pytest.mark.parametrize("loader", ["mlflow", "ours"])
def test_a_fresh_process_predicts_the_same(
    packed: Path, fitted: Pipeline, table: pd.DataFrame, tmp_path: Path, loader: str
) -> None:
    rows = tmp_path / "rows.parquet"
    table.to_parquet(rows)
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(packed), str(rows), loader],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == fitted.predict(table).tolist()
