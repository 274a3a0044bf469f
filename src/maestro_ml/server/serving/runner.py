"""One loaded model in a process of its own: started, asked, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson

from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.serving.connection import Reply, RunnerConnection, RunnerGone
from maestro_ml.server.serving.errors import (
    ModelUnloadable,
    Overloaded,
    PredictTimeout,
    find_error,
)
from maestro_ml.server.serving.output import OutputLines

MAX_WAITING = 256
_START_SECONDS = 120.0
_STOP_SECONDS = 5.0
_LAST_WORDS_SECONDS = 1.0
# The process runs the model's author's code: it gets no credential of the platform.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")
# One row at a time is fastest on one thread, and models do not take each other's cores.
_FIXED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # What a model prints is seen when it prints it.
    "PYTHONUNBUFFERED": "1",
}


class Runner:
    """A model's process, from `start` until it ends or is ended."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        connection: RunnerConnection,
        output: OutputLines,
        seconds: float,
    ) -> None:
        self._process = process
        self._connection = connection
        self._output = output
        self._seconds = seconds

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        memory_mb: int,
        seconds: float,
        on_lost: Callable[[], None],
        on_line: Callable[[str], None],
    ) -> Runner:
        """The process that has loaded the model in `folder`; `seconds` limit each request.

        `on_line` gets each line that the process prints.

        Raises ModelUnloadable, OutOfMemory.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = _spawn(folder, theirs.fileno(), memory_mb)
        loop = asyncio.get_running_loop()
        _, output = await loop.connect_read_pipe(lambda: OutputLines(on_line), process.stdout)
        _, connection = await loop.create_connection(lambda: RunnerConnection(on_lost), sock=ours)
        runner = cls(process, connection, output, seconds)
        try:
            async with asyncio.timeout(_START_SECONDS):
                _read(await connection.expect())
        except RunnerGone:
            raise ModelUnloadable(
                "The model's process ended while it was loading; the gateway's log has its last "
                "words. Check that the model loads with mlflow.pyfunc.load_model()."
            ) from None
        except TimeoutError:
            runner.kill()
            raise ModelUnloadable(
                f"The model was not loaded within {_START_SECONDS:.0f} s. Make it smaller."
            ) from None
        except BaseException:
            runner.kill()
            raise
        return runner

    @property
    def waiting(self) -> int:
        """Requests without an answer yet."""
        return self._connection.waiting

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def ask(self, body: bytes) -> bytes:
        """The model's answer to a request's body.

        Raises RunnerGone when the process ended, Overloaded, PredictTimeout, and what the model's
        process reports.
        """
        if self._connection.waiting >= MAX_WAITING:
            raise Overloaded("Too many requests wait for this model. Send fewer at once.")
        answer = self._connection.ask(body)
        try:
            async with asyncio.timeout(self._seconds):
                return _read(await answer)
        except TimeoutError:
            raise self._give_up(answer) from None

    def _give_up(self, answer: asyncio.Future[Reply]) -> MaestroError:
        guilty = self._connection.is_head(answer) and (
            self._connection.head_seconds >= self._seconds * 0.9
        )
        if not guilty:
            return Overloaded(
                f"The request waited {self._seconds:g} s for others before it. Send fewer at once."
            )
        self.kill()
        return PredictTimeout(
            f"The model took more than {self._seconds:g} s and was stopped. Send fewer rows, or "
            "raise MAESTRO_SERVING_PREDICT_SECONDS on the gateway."
        )

    def kill(self) -> None:
        """End the process at once; what waits gets RunnerGone."""
        self._connection.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """End the process, by force if it does not go by itself."""
        self._connection.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await asyncio.to_thread(self._process.wait)
        except TimeoutError:
            self.kill()
            await asyncio.to_thread(self._process.wait)
        # A child of the model's may keep the pipe open for longer than the model lives.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await self._output.ended.wait()


def _spawn(folder: Path, descriptor: int, memory_mb: int) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # When native code kills the process, its last words say where.
    program = [sys.executable, "-P", "-X", "faulthandler", "-m", "maestro_ml.engine.inference"]
    return subprocess.Popen(
        [*program, str(folder), str(descriptor), str(memory_mb)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[descriptor],
        env=environment | _FIXED,
        start_new_session=True,
    )


def _read(reply: Reply) -> bytes:
    """The body of an answer. Raises what a failure means."""
    kind, body = reply
    if kind == 0:
        return body
    said = orjson.loads(body)
    error = find_error(f"serving.{said['problem']}") or ModelUnloadable
    raise error(said["message"])
