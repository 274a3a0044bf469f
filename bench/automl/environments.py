"""Where the other frameworks and the public tables are, below `.venv-automl`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.environments import ROOT, environment, packages

_PLACE, _LOCKS = ROOT / ".venv-automl", ROOT / "requirements"


def python_of(framework: str) -> Path:
    """The interpreter for a framework; our own for ours and for LightGBM.

    FLAML needs an older XGBoost than AutoGluon, so each has its own.
    """
    if framework not in {"flaml", "autogluon"}:
        return Path(sys.executable)
    return environment(_PLACE / framework, _LOCKS / f"automl-{framework}.txt")


def table_packages() -> Path:
    """The folder where the packages of tables lie; none of them is imported."""
    return packages(_PLACE / "tables", _LOCKS / "automl-tables.txt")
