"""The process of one loaded model: requests come over a socket, one after another.

Arguments: the model's folder, the descriptor of the socket, the memory limit in MB. Frames in both
directions are a length (4 bytes, big-endian), a kind (1 byte) and that many bytes. The first frame
out says whether the model could be loaded. The end of standard input ends the process, so that it
cannot outlive the gateway, however that died.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import socket
import sys
import threading
from pathlib import Path

from maestro_ml.engine.inference import LoadedModel, PredictionError, Problem, answer, load_model
from maestro_ml.engine.inference.inbox import FRAME, Inbox

ANSWER, FAILURE = 0, 1


def main() -> None:
    """Load the model and answer until the socket closes."""
    folder, descriptor, memory_mb = sys.argv[1:]
    threading.Thread(target=_follow_parent, daemon=True).start()
    connection = socket.socket(fileno=int(descriptor))
    _limit_memory(int(memory_mb))
    try:
        model = _load(Path(folder))
        _send(connection, ANSWER, b"{}")
        _serve(connection, model)
    except PredictionError as error:
        _send(connection, FAILURE, _failure(error))
    except MemoryError:
        # Leaving is the only way to give everything back.
        message = (
            f"The model needs more than the {memory_mb} MB it may have. Send fewer rows, or raise "
            "MAESTRO_SERVING_MEMORY_MB on the gateway."
        )
        _send(connection, FAILURE, _failure(PredictionError(Problem.OUT_OF_MEMORY, message)))


def _load(folder: Path) -> LoadedModel:
    try:
        model = load_model(folder)
    except MemoryError:
        raise
    except Exception as error:
        raise PredictionError(
            Problem.MODEL_UNLOADABLE,
            f"The model cannot be loaded: {type(error).__name__}: {error}. Its requirements.txt names "
            "the libraries that the gateway's environment must have.",
        ) from error
    # What the model is made of stays for good; the collector need not look at it again.
    gc.collect()
    gc.freeze()
    return model


def _serve(connection: socket.socket, model: LoadedModel) -> None:
    inbox = Inbox(connection)
    while bodies := inbox.take():
        frames = [
            _pack(FAILURE, _failure(each))
            if isinstance(each, PredictionError)
            else _pack(ANSWER, each)
            for each in answer(model, bodies)
        ]
        connection.sendall(b"".join(frames))


def _send(connection: socket.socket, kind: int, body: bytes) -> None:
    connection.sendall(_pack(kind, body))


def _pack(kind: int, body: bytes) -> bytes:
    return FRAME.pack(len(body), kind) + body


def _failure(error: PredictionError) -> bytes:
    return json.dumps({"problem": error.problem, "message": error.message}).encode()


def _limit_memory(memory_mb: int) -> None:
    # Data, not address space: libraries reserve far more addresses than they ever fill.
    limit = memory_mb * 1024**2
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _follow_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
