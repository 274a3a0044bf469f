"""What serving adds to a single-row prediction: in process, through the gateway, through the server.

    python -m bench.serving_predict [--automl SECONDS] [--requests N]

The model is a scikit-learn pipeline with LightGBM on the Titanic table, or with --automl what a
search of that many seconds finds. Prints medians in milliseconds, the cold start and the memory.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pandas as pd
import psutil

from bench.installation import pss_mb, running, temporary_home
from maestro_ml.engine.inference.model import Predictor
from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.sdk.client import MaestroClient

TABLE = Path(__file__).parents[1] / "examples" / "data" / "titanic.csv"
TARGET = "survived"
NAME = "titanic"


class Asker:
    """One kept-alive connection that sends the same prediction again and again."""

    def __init__(self, url: str, token: str, row: dict[str, Any]) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = json.dumps({"inputs": row}).encode()
        head = (
            f"POST /api/v1/deployments/{NAME}/predict HTTP/1.1\r\nhost: bench\r\n"
            f"authorization: Bearer {token}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self._message = head.encode() + body

    def ask(self) -> bytes:
        """The answer's body."""
        self._socket.sendall(self._message)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._socket.recv(65536)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(body.decode())
        return body


def train(seconds: int) -> tuple[Predictor, pd.DataFrame]:
    """A fitted model and the rows it was fitted on."""
    table = pd.read_csv(TABLE)
    target = table.pop(TARGET)
    if seconds:
        from maestro_ml.engine.automl import AutoMLEngine

        return AutoMLEngine(time_budget=seconds).fit(table, target).model, table
    from lightgbm import LGBMClassifier
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    numbers = (SimpleImputer(), make_column_selector(dtype_include="number"))
    texts = (
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        make_column_selector(dtype_exclude="number"),
    )
    columns = make_column_transformer(numbers, texts).set_output(transform="pandas")
    model = make_pipeline(columns, LGBMClassifier(verbose=-1, n_jobs=1))
    return model.fit(table, target), table


def measure(call: Callable[[], object], count: int) -> list[float]:
    """Milliseconds of each of `count` calls, after a warm-up."""
    for _ in range(min(50, count)):
        call()
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1e3)
    return taken


def measure_many(make: Callable[[], Asker], clients: int, count: int) -> tuple[list[float], float]:
    """Milliseconds of every request of several clients at once, and requests a second."""
    askers = [make() for _ in range(clients)]
    taken: list[list[float]] = [[] for _ in askers]

    def work(number: int) -> None:
        taken[number] = measure(askers[number].ask, count // clients)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    warm_ups = clients * min(50, count // clients)
    return [*chain.from_iterable(taken)], (count + warm_ups) / (time.perf_counter() - started)


def report(name: str, taken: list[float], base: float, rate: float | None = None) -> None:
    """One line of the table."""
    median = statistics.median(taken)
    high = statistics.quantiles(taken, n=20)[-1]
    per_second = "" if rate is None else f"  {rate:7.0f} requests/s"
    print(
        f"{name:28} median {median:7.3f} ms  (+{median - base:6.3f})  p95 {high:7.3f}{per_second}"
    )


def processes(tree: list[psutil.Process], module: str) -> list[psutil.Process]:
    """The processes that run `module`."""
    return [each for each in tree if module in each.cmdline()]


def main() -> None:
    """Train, deploy, measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--automl", type=int, default=0, metavar="SECONDS")
    parser.add_argument("--requests", type=int, default=1000)
    arguments = parser.parse_args()
    model, table = train(arguments.automl)
    row = json.loads(table.head(1).to_json(orient="records"))[0]
    base = measure(lambda: model.predict(table.head(1)), arguments.requests)
    limits = {"MAESTRO_LIMIT_INGEST_PER_MINUTE": "0", "MAESTRO_LIMIT_API_PER_MINUTE": "0"}
    with temporary_home() as home, running(home, **limits) as platform:
        client = MaestroClient(platform.url, platform.api_key)
        (gateway,) = processes(platform.tree(), "maestro_ml.server.gateway")
        print(f"gateway without a model: {pss_mb(gateway):.0f} MB PSS")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            client.models.register(NAME, save_model(path, model, table, most_probable=True))
        started = time.perf_counter()
        client.deployments.create(NAME, NAME)
        print(f"cold start (deploy): {time.perf_counter() - started:.2f} s")
        (runner,) = processes(platform.tree(), "maestro_ml.engine.inference")
        print(f"the model's process: {pss_mb(runner):.0f} MB PSS")
        direct = gateway.environ()["MAESTRO_SERVING_URL"]
        floor = statistics.median(base)
        report("model.predict in process", base, floor)
        for name, url in (("gateway", direct), ("server → gateway", platform.url)):
            for clients in (1, 16):
                taken, rate = measure_many(
                    lambda url=url: Asker(url, platform.api_key, row),  # type: ignore[misc]
                    clients,
                    arguments.requests,
                )
                report(f"{name}, {clients} clients", taken, floor, rate)
        probe = httpx.get(f"{direct}/health/ready")
        print(f"gateway at the end: {pss_mb(gateway):.0f} MB PSS, {probe.text}")
        client.close()


if __name__ == "__main__":
    main()
