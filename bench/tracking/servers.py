"""Both servers, each with two worker processes, on databases of one PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench.installation import free_port, pss_mb
from bench.tracking.connection import Server
from bench.tracking.peer import peer_python
from maestro_ml.server.kernel.postgres import LocalPostgres

WORKERS = 2
_START_SECONDS = 120.0
_END_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_QUIET = 0.15
"""Of a core: what a server may use that is at rest."""


@dataclass(frozen=True)
class Contender:
    """A running server and its database."""

    name: str
    server: Server
    process: psutil.Process
    dsn: str
    database: Path

    def cpu_seconds(self) -> float:
        """What its processes and its connections to PostgreSQL have used so far."""
        mine = [self.process, *self.process.children(recursive=True)]
        title = f" {self.name.lower()} {self.name.lower()} "  # the user and the database
        for process in psutil.process_iter(["name", "cmdline", "cwd"]):
            told = process.info
            in_place = Path(told["cwd"] or "/").is_relative_to(self.database)
            if told["name"] == "postgres" and in_place and title in " ".join(told["cmdline"] or ()):
                mine.append(process)
        return sum(map(_cpu, mine))

    def settle(self) -> None:
        """What autovacuum does within a minute: statistics of tables that were filled just now."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def rest(self) -> None:
        """Wait until it has worked off what is still queued from before, so that others are not slowed."""
        _rest(self.process)

    def memory_mb(self) -> float:
        """Memory (PSS) of all processes that track; PostgreSQL's and our model gateway's do not."""
        total = 0.0
        for process in [self.process, *self.process.children(recursive=True)]:
            try:
                if "maestro_ml.server.gateway" not in process.cmdline():
                    total += pss_mb(process)
            except (psutil.Error, OSError):
                continue
        return total


def _cpu(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:2])
    except psutil.Error:
        return 0.0


@contextmanager
def postgres() -> Iterator[tuple[LocalPostgres, Path]]:
    """The server of both, and its folder; durable, with the settings of an embedded installation."""
    folder = Path(tempfile.mkdtemp(prefix="maestro-bench-"))
    folder.chmod(0o711)  # PostgreSQL's own account must pass when we are root
    server = LocalPostgres(folder / "postgres", parameters={"max_connections": "200"}).start()
    try:
        yield server, folder
    finally:
        server.stop()
        shutil.rmtree(folder)


@contextmanager
def maestro(database: LocalPostgres, place: Path) -> Iterator[Contender]:
    """`maestro up`: API workers, gateway, worker and supervisor."""
    dsn = database.ensure_database("maestro", "maestro")
    with tempfile.TemporaryDirectory(prefix="maestro-bench-") as home:
        environment = {
            "MAESTRO_HOME": home,
            "MAESTRO_DATABASE_URL": dsn,
            "MAESTRO_LIMIT_API_PER_MINUTE": "0",
            "MAESTRO_LIMIT_INGEST_PER_MINUTE": "0",
            "MAESTRO_LOG_LEVEL": "warning",
        }
        port = free_port()
        command = [sys.executable, "-m", "maestro_ml.server.up"]
        command += ["--port", str(port), "--workers", str(WORKERS)]
        with _process(command, environment, Path(home, "up.log")) as process:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/health/ready", process)
            token = _token(environment)
            ours = psutil.Process(process.pid)
            yield Contender("Maestro", Server(url, token), ours, dsn, place)


@contextmanager
def mlflow(database: LocalPostgres, place: Path) -> Iterator[Contender]:
    """`mlflow server`, once it has settled: it burns a core for half a minute after its start."""
    dsn = database.ensure_database("mlflow", "mlflow")
    python = peer_python()
    with tempfile.TemporaryDirectory(prefix="maestro-bench-") as folder:
        port = free_port()
        command = [str(python), "-m", "mlflow", "server", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workers", str(WORKERS), "--backend-store-uri"]
        command += [dsn.replace("postgresql:", "postgresql+psycopg2:", 1)]
        command += ["--artifacts-destination", f"{folder}/artifacts"]
        telemetry = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
        with _process(command, telemetry, Path(folder, "mlflow.log")) as process:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/health", process)
            peer = psutil.Process(process.pid)
            _rest(peer)
            yield Contender("MLflow", Server(url), peer, dsn, place)


@contextmanager
def _process(
    command: list[str], settings: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MAESTRO_", "MLFLOW_"))
    }
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            env={**inherited, **settings},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=log.parent,
            start_new_session=True,
        )
        children: list[psutil.Process] = []
        try:
            yield process
            children = psutil.Process(process.pid).children(recursive=True)
        except BaseException:
            sys.stderr.write(log.read_text(errors="replace")[-3000:])
            raise
        finally:
            _end(process, children)


def _end(process: subprocess.Popen[bytes], children: list[psutil.Process]) -> None:
    if process.poll() is None:
        children = children or psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
    _, left = psutil.wait_procs(children, timeout=5)
    for child in left:
        child.kill()


def _token(settings: dict[str, str]) -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "maestro_ml.server.admin",
            "create-tenant",
            "bench",
            "--print-token",
        ],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"{url}: the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    _until(answers, f"{url} did not answer")


def _rest(process: psutil.Process) -> None:
    def cpu() -> float:
        return sum(map(_cpu, [process, *process.children(recursive=True)]))

    def quiet() -> bool:
        before = cpu()
        time.sleep(_LOOK_SECONDS)
        return cpu() - before < _QUIET * _LOOK_SECONDS

    _until(quiet, f"process {process.pid} did not come to rest")


def _until(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{complaint} in {_START_SECONDS:.0f} s")
        time.sleep(0.1)
