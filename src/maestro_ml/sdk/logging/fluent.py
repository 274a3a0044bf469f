"""One-liners for scripts: begin a run, and log to it from anywhere."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from os import PathLike
from uuid import UUID

from maestro_ml.contracts.run_names import invent_run_name
from maestro_ml.contracts.tracking import MAX_EXPERIMENT_NAME
from maestro_ml.sdk.credentials import Credentials, resolve
from maestro_ml.sdk.errors import ConfigurationError
from maestro_ml.sdk.logging.capture.collector import Collector
from maestro_ml.sdk.logging.flusher import Flusher
from maestro_ml.sdk.logging.journal import Header, Journal
from maestro_ml.sdk.logging.open_runs import open_runs
from maestro_ml.sdk.logging.run import ActiveRun
from maestro_ml.sdk.logging.sender import Sender
from maestro_ml.sdk.logging.settings import LoggingSettings, read_logging_settings
from maestro_ml.sdk.logging.trouble import Trouble
from maestro_ml.sdk.logging.values import now_ms
from maestro_ml.sdk.transport import Transport

_REQUEST_SECONDS = 20.0


def run(
    experiment: str | None = None,
    *,
    name: str | None = None,
    config: Mapping[str, object] | None = None,
    tags: Mapping[str, object] | None = None,
    capture: bool | None = None,
) -> ActiveRun:
    """Begin a run in `experiment` (made when there is none), with `config` as its params.

    Use it in a `with` block, or end it with `finish()`. A run inside another one is its child, and
    in the same experiment unless another is given. Code, packages and machine are captured unless
    `capture` is False (by default as MAESTRO_CAPTURE says). Raises ConfigurationError when an
    environment variable is wrong; what happens later is never raised.

    >>> with maestro_ml.run("churn", config={"lr": 0.1}) as run:     # doctest: +SKIP
    ...     run.log(loss=0.3)
    """
    settings = read_logging_settings()
    runs = open_runs()
    parent = runs.innermost()
    begun = _begin(settings, parent, experiment, name)
    runs.add(begun)
    begun.log_params(config or {})
    begun.set_tags(tags or {})
    if parent is None and (settings.capture if capture is None else capture):
        Collector(begun, settings.system_seconds)
    return begun


def _begin(
    settings: LoggingSettings, parent: ActiveRun | None, experiment: str | None, name: str | None
) -> ActiveRun:
    found = resolve(None, None)
    header = Header(
        id=str(_new_id()),
        experiment=_text(experiment) or (parent.experiment if parent else "Default"),
        name=_text(name) or invent_run_name(),
        started_at=now_ms(),
        parent_run_id=str(parent.id) if parent else None,
        url=None if settings.offline else found.url,
    )
    trouble = parent.trouble if parent else Trouble()
    flusher = parent.flusher if parent and parent.is_own else None
    if flusher is None and not settings.offline:
        flusher = _flusher(found, trouble)
    journal = Journal.start(settings.folder / header.id, header, trouble)
    if flusher is not None:
        flusher.add(journal)
    return ActiveRun(
        journal, flusher, trouble, parent=parent, finish_seconds=settings.finish_seconds
    )


def _text(given: object) -> str:
    """A name as the server takes it."""
    text = "" if given is None else str(given)
    return text.replace("\x00", "").strip()[:MAX_EXPERIMENT_NAME]


def _flusher(found: Credentials, trouble: Trouble) -> Flusher | None:
    transport = Transport(found.url, found.api_key, timeout=_REQUEST_SECONDS, max_retries=0)
    try:
        return Flusher(Sender(transport), trouble)
    except RuntimeError as error:  # the process may have no more threads
        transport.close()
        trouble.tell("thread", f"the run is logged offline: {error}.")
        return None


def _new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ids that begin with their time lie side by side in the server's index."""
    bits = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80
    bits |= int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | 7 << 76  # the version
    return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)  # the variant


def current_run() -> ActiveRun:
    """The innermost run that is open. Raises ConfigurationError when there is none."""
    found = open_runs().current()
    if found is None:
        raise ConfigurationError(
            "There is no run to log to.", "Log inside `with maestro_ml.run(...):`."
        )
    return found


def log(
    metrics: Mapping[str, float] | None = None, *, step: int | None = None, **more: float
) -> None:
    """`log` of the current run."""
    current_run().log(metrics, step=step, **more)


def log_metrics(metrics: Mapping[str, float], *, step: int = 0) -> None:
    """`log_metrics` of the current run."""
    current_run().log_metrics(metrics, step=step)


def log_params(params: Mapping[str, object]) -> None:
    """`log_params` of the current run."""
    current_run().log_params(params)


def set_tags(tags: Mapping[str, object]) -> None:
    """`set_tags` of the current run."""
    current_run().set_tags(tags)


def log_artifact(source: str | PathLike[str], path: str | None = None) -> None:
    """`log_artifact` of the current run."""
    current_run().log_artifact(source, path)
