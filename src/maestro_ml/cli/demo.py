"""`maestro demo`: upload, AutoML, register, deploy, predict, on a platform of one's own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

import maestro_ml
from maestro_ml.cli.automl import show_results, watch
from maestro_ml.cli.context import Cli
from maestro_ml.cli.output import Output
from maestro_ml.cli.platform import require_server
from maestro_ml.contracts.automl import MAX_BUDGET, MIN_BUDGET
from maestro_ml.sdk.credentials import maestro_home
from maestro_ml.sdk.errors import MaestroError

_SERVER = "maestro_ml.server.up"
_START_SECONDS = 120
_USUAL_PORT = 5000
_NAME = "titanic-demo"
_PASSENGERS = (
    {
        "gender": "female",
        "age": 29.0,
        "class": "1st",
        "embarked": "Southampton",
        "fare": 211.07,
        "sibsp": 0,
        "parch": 0,
    },
    {
        "gender": "male",
        "age": 22.0,
        "class": "3rd",
        "embarked": "Southampton",
        "fare": 7.05,
        "sibsp": 0,
        "parch": 0,
    },
)


def demo(
    cli: Cli,
    budget: Annotated[
        int, typer.Option(min=MIN_BUDGET, max=MAX_BUDGET, help="Seconds of AutoML.")
    ] = 60,
) -> None:
    """Go the whole way from a CSV file to a prediction.

    It starts a platform for that, and leaves the home behind, so that `maestro up` serves everything again.
    """
    require_server("demo", _SERVER)
    home = maestro_home()
    with _platform(cli.out, home) as url, maestro_ml.MaestroClient(url) as client:
        cli.out.success(f"The platform is ready at {url} (home: {home})")
        _whole_way(cli.out, client, budget)
        _next(cli.out, home, url)


def _whole_way(out: Output, client: maestro_ml.MaestroClient, budget: int) -> None:
    version = client.datasets.upload(_table(), "titanic")
    out.success(
        f"Uploaded titanic.csv: {version.rows:,} rows, {len(version.columns)} columns, "
        f"version {version.number}"
    )
    job = client.automl.train("titanic", target="survived", time_budget=budget)
    out.success(f"AutoML is searching for {budget} s for the best model of 'survived'")
    watch(out, job, timeout=budget * 2 + 180)
    found = job.results
    show_results(out, found)
    out.success(f"Registered {found.best_model.name} version {found.best_model.version}")
    with out.spinner("Deploying"):
        deployment = job.deploy(_NAME)
    out.success(f"Deployed it as {deployment.name}")
    answer = client.deployments.predict(deployment.name, list(_PASSENGERS))
    for passenger, prediction, chances in zip(
        _PASSENGERS, answer.predictions, answer.probabilities or [{}, {}], strict=True
    ):
        told = ", ".join(f"{name} {value}" for name, value in passenger.items())
        chance = max(chances.values(), default=1.0)
        out.text(f"  {told}\n  → survived = {prediction} (probability {chance:.2f})")


def _next(out: Output, home: Path, url: str) -> None:
    row = json.dumps(_PASSENGERS[0])
    # In a checkout the program lies in .venv/bin, which is on nobody's path.
    program = "maestro" if shutil.which("maestro") else os.path.relpath(sys.argv[0])
    hints = {
        "up": "serve this platform again (make up, in a checkout)",
        "runs list automl-titanic": "every trial as a tracked run",
        "models list": "the registered models",
        f"predict {_NAME} --data '{row}'": "",
    }
    out.text("\nWhere to look next")
    if home != Path("~/.maestro").expanduser():
        out.text(f"  export MAESTRO_HOME={shlex.quote(str(home))}")
    for command, meaning in hints.items():
        out.text(f"  {program} {command:<26}  {meaning}".rstrip())
    out.text(f"  {url}/docs  the REST API, while the platform is up")


@contextmanager
def _platform(out: Output, home: Path) -> Iterator[str]:
    """The address of the platform in `home`: the one that runs there, else one for the block."""
    port = _USUAL_PORT if _is_free(_USUAL_PORT) else 0
    home.mkdir(parents=True, exist_ok=True, mode=0o711)
    log = home / "demo.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _SERVER, "--port", str(port or _any_port())],
            env={**os.environ, "MAESTRO_HOME": str(home)},
            stderr=file,
            stdin=subprocess.DEVNULL,
        )
    try:
        with out.spinner("Starting PostgreSQL, API, gateway and worker"):
            url = _wait(process, log)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address in the platform's own announcement. Raises MaestroError with the end of its log."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text(errors="replace").splitlines():
            _, announced, address = line.partition("Maestro is ready at ")
            if announced:
                return address.strip()
        time.sleep(0.1)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    raise MaestroError(f"The platform did not start:\n{tail}", f"The whole log is in {log}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _table() -> Path:
    """The Titanic table: inside the package, or beside it in a checkout."""
    package = Path(maestro_ml.__path__[0])
    for folder in (package / "examples", package.parents[1] / "examples" / "data"):
        if (folder / "titanic.csv").is_file():
            return folder / "titanic.csv"
    raise MaestroError("titanic.csv is missing in this installation.", "Install maestro-ml again.")
