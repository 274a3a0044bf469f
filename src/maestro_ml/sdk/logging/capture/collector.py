"""The thread that captures the surroundings of a run, so that the training does not wait for it."""

from __future__ import annotations

from threading import Event, Thread

from maestro_ml.sdk.logging.capture.environment import (
    describe_machine,
    describe_process,
    list_packages,
)
from maestro_ml.sdk.logging.capture.git import code_folders, find_git_state
from maestro_ml.sdk.logging.capture.gpu import gpu_reader
from maestro_ml.sdk.logging.capture.system import SystemMetrics
from maestro_ml.sdk.logging.run import ActiveRun

_JOIN_SECONDS = 5.0


class Collector:
    """Captures code, packages and machine once, then measures every `seconds` until the run ends.

    Nothing of it can fail the run: what cannot be found out is left out.
    """

    def __init__(self, run: ActiveRun, seconds: float) -> None:
        self._run = run
        self._seconds = seconds
        self._ended = Event()
        self._thread = Thread(target=self._collect, name="maestro-capture", daemon=True)
        run.set_tags(describe_process())
        try:
            self._thread.start()
        except RuntimeError as error:  # the process may have no more threads
            run.trouble.tell("capture", f"the surroundings are not captured: {error}.")
        else:
            run.at_end(self.stop)

    def stop(self) -> None:
        """Measure a last time and end."""
        self._ended.set()
        self._thread.join(_JOIN_SECONDS)

    def _collect(self) -> None:
        for capture in (self._code, self._packages, self._machine):
            try:
                capture()
            except Exception as error:  # noqa: BLE001 - nothing in here is worth a training
                self._run.trouble.tell(
                    f"capture {capture.__name__}",
                    f"a part of the surroundings was not captured: {error!r}.",
                )

    def _code(self) -> None:
        found = find_git_state(code_folders())
        if found is None:
            return
        self._run.set_tags(
            {
                "mlflow.source.git.commit": found.commit,
                "mlflow.source.git.branch": found.branch,
                "mlflow.source.git.repoURL": found.remote,
                "maestro.git.dirty": str(bool(found.diff)).lower(),
            }
        )
        if found.diff:
            self._run.log_text(found.diff, "maestro/code.diff")

    def _packages(self) -> None:
        self._run.log_text(list_packages(), "maestro/requirements.txt")

    def _machine(self) -> None:
        read_gpus = gpu_reader()
        self._run.set_tags(describe_machine(gpu.name for gpu in read_gpus()))
        if not self._seconds:
            return
        metrics = SystemMetrics(read_gpus)
        step = 0
        while not self._ended.wait(self._seconds):
            self._run.log_metrics(metrics.read(), step=step)
            step += 1
        self._run.log_metrics(metrics.read(), step=step)
