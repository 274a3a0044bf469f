"""What a process loads: the API never the ML libraries, the client never the server's."""

from __future__ import annotations

import subprocess
import sys

import pytest

ML = ["sklearn", "lightgbm", "xgboost", "catboost", "pandas", "numpy", "mlflow", "pyarrow"]
SERVER = ["sqlalchemy", "fastapi", "uvicorn", "asyncpg"]


def loaded_after(statement: str) -> set[str]:
    program = f"{statement}\nimport sys; print(' '.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return {module.partition(".")[0] for module in done.stdout.split()}


@pytest.mark.parametrize(
    "module", ["maestro_ml.server.app", "maestro_ml.server.gateway", "maestro_ml.server.worker"]
)
def test_serving_processes_load_no_ml_library(module: str) -> None:
    assert not loaded_after(f"import {module}") & set(ML)


@pytest.mark.parametrize("module", ["maestro_ml", "maestro_ml.sdk", "maestro_ml.cli.main"])
def test_the_client_loads_neither_server_nor_ml_libraries(module: str) -> None:
    assert not loaded_after(f"import {module}") & {*ML, *SERVER}
