"""One-liners for scripts: a run around a block of code, and logging to it from anywhere inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from os import PathLike

from maestro_ml.contracts.tracking import RunArtifact
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import ConfigurationError
from maestro_ml.sdk.resources.runs import Run

_current: ContextVar[Run] = ContextVar("maestro_run")


@contextmanager
def run(
    experiment: str = "Default",
    *,
    config: Mapping[str, object] | None = None,
    name: str | None = None,
    tags: Mapping[str, object] | None = None,
    client: MaestroClient | None = None,
) -> Iterator[Run]:
    """A run in `experiment` (made when there is none), with `config` as its params.

    The block's end finishes it; an error fails it, and Ctrl-C kills it. A run inside another one is
    its child. Without `client` one is made from the environment.

    >>> with maestro_ml.run("churn", config={"lr": 0.1}) as run:     # doctest: +SKIP
    ...     run.log(loss=0.3)
    """
    with ExitStack() as stack:
        used = client or stack.enter_context(MaestroClient())
        outer = _current.get(None)
        started = used.runs.create(
            used.experiments.get_or_create(experiment).id,
            name=name,
            params=config,
            tags=tags,
            parent_run_id=outer.id if outer else None,
        )
        stack.enter_context(started)
        token = _current.set(started)
        try:
            yield started
        finally:
            _current.reset(token)


def current_run() -> Run:
    """The run of the innermost `run(...)` block. Raises ConfigurationError outside of one."""
    found = _current.get(None)
    if found is None:
        raise ConfigurationError(
            "There is no run to log to.", "Log inside `with maestro_ml.run(...):`."
        )
    return found


def log(
    metrics: Mapping[str, float] | None = None, *, step: int | None = None, **more: float
) -> None:
    """`Run.log` of the current run."""
    current_run().log(metrics, step=step, **more)


def log_metrics(metrics: Mapping[str, float], *, step: int = 0) -> None:
    """`Run.log_metrics` of the current run."""
    current_run().log_metrics(metrics, step=step)


def log_params(params: Mapping[str, object]) -> None:
    """`Run.log_params` of the current run."""
    current_run().log_params(params)


def set_tags(tags: Mapping[str, object]) -> None:
    """`Run.set_tags` of the current run."""
    current_run().set_tags(tags)


def log_artifact(source: str | PathLike[str], path: str | None = None) -> RunArtifact:
    """`Run.log_artifact` of the current run."""
    return current_run().log_artifact(source, path)
