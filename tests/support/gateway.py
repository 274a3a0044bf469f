"""A real gateway process, and predictors whose class lives here, so that they travel by value."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import psutil

from maestro_ml.server.kernel.process import listen
from maestro_ml.server.kernel.settings import Settings

TABLE = pd.DataFrame(
    {
        "age": [22.0, None, 38.0, 4.0],
        "sex": ["male", "female", "female", None],
        "rooms": [1, 2, 3, 4],
    }
)
ROW = {"age": 30.0, "sex": "female", "rooms": 2}


@dataclass
class GatewayProcess:
    """A `maestro gateway` as the supervisor would start it."""

    process: subprocess.Popen[bytes]
    url: str

    def runners(self) -> list[psutil.Process]:
        """The processes of its loaded models."""
        return psutil.Process(self.process.pid).children()

    def end(self, signal_number: int = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(signal_number)
        code = self.process.wait(timeout=20)
        assert self.process.stdin is not None
        self.process.stdin.close()
        return code


def start_gateway(settings: Settings, **changed: str) -> GatewayProcess:
    """A gateway on the settings' database; `changed` are more of its variables."""
    assert settings.database.url is not None
    assert settings.auth.secret_key is not None
    sock = listen("127.0.0.1", 0)
    environment = {
        **os.environ,
        "MAESTRO_HOME": str(settings.home),
        "MAESTRO_DATABASE_URL": settings.database.url.get_secret_value(),
        "MAESTRO_AUTH_SECRET_KEY": settings.auth.secret_key.get_secret_value(),
        "MAESTRO_LOG_LEVEL": "error",
        "MAESTRO_SERVING_PREDICT_SECONDS": "2",
        "MAESTRO_SERVING_IDLE_SECONDS": "60",
        "MAESTRO_LIMIT_INGEST_PER_MINUTE": "0",
        **changed,
    }
    program = [sys.executable, "-P", "-m", "maestro_ml.server.gateway", "--fd", str(sock.fileno())]
    process = subprocess.Popen(
        program, env=environment, stdin=subprocess.PIPE, pass_fds=[sock.fileno()]
    )
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    sock.close()
    return GatewayProcess(process, url)


class Constant:
    """Predicts one value; anything else is decided by what it is made with."""

    def __init__(self, value: object, *, act: Callable[[pd.DataFrame], None] | None = None) -> None:
        self.value = value
        self.act = act

    def predict(self, table: pd.DataFrame) -> list[object]:
        if self.act is not None:
            self.act(table)
        return [self.value] * len(table)


def fail_for_children(table: pd.DataFrame) -> None:
    if (table["age"] < 18).any():
        raise ValueError("no children")


def hang_for_the_old(table: pd.DataFrame) -> None:
    if (table["age"] > 90).any():
        time.sleep(60)


def die_of_zero(table: pd.DataFrame) -> None:
    if (table["age"] == 0).any():
        os.abort()


def tell_age(table: pd.DataFrame) -> None:
    sys.stdout.write(f"asked for {table['age'].tolist()}\n")


def take_memory(table: pd.DataFrame) -> None:
    if (table["age"] == 1).any():
        bytearray(8 << 30)


async def until(condition: Callable[[], bool], *, seconds: float = 15) -> None:
    """Wait for `condition`; fails when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.02)
