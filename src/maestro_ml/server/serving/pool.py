"""The models in memory: loaded on first use or on demand, shared, unloaded when idle, restarted."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import structlog

from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.serving import DeploymentLog, LogSource
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.kernel.settings import ServingSettings
from maestro_ml.server.serving.connection import RunnerGone
from maestro_ml.server.serving.errors import ModelCrashed
from maestro_ml.server.serving.output import ModelLogs
from maestro_ml.server.serving.runner import Runner

log = structlog.get_logger()
_ATTEMPTS = 5
_STRIKES = 2
_RETIRE_SECONDS = 2.0
_MAX_PAUSE = 30.0
_WORTH_WAITING = 1.0

Materialize = Callable[[UUID, ModelVersion], Awaitable[Path]]


class _Slot:
    """One version: its process, or its starting, or why it may not start yet."""

    def __init__(self, tenant_id: UUID, version: ModelVersion, idle_seconds: float) -> None:
        self.tenant_id = tenant_id
        self.version = version
        self.idle_seconds = idle_seconds
        self.runner: Runner | None = None
        self.starting: asyncio.Task[Runner] | None = None
        self.used_at = time.monotonic()
        self.failures = 0
        self.error = ""
        self.not_before = 0.0

    def note_failure(self, error: str) -> None:
        """The first restart comes at once, the next ones after growing pauses."""
        self.failures += 1
        self.error = error
        pause = 0.0 if self.failures == 1 else min(_MAX_PAUSE, 2.0 ** (self.failures - 2))
        self.not_before = time.monotonic() + pause


class RunnerPool:
    """At most one process for each version; a version's requests share it."""

    def __init__(self, settings: ServingSettings, materialize: Materialize) -> None:
        self._settings = settings
        self._materialize = materialize
        self._slots: dict[UUID, _Slot] = {}
        self._logs = ModelLogs()
        self._stopping: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> dict[UUID, int]:
        """The process of each version that is loaded now."""
        return {id: slot.runner.pid for id, slot in self._slots.items() if slot.runner}

    async def predict(
        self, tenant_id: UUID, version: ModelVersion, body: bytes, idle_seconds: float | None
    ) -> bytes:
        """The answer of `version` to a request's body, whatever happens to its process meanwhile.

        A request whose process died twice under it is taken for the cause. Raises ModelCrashed and
        what Runner raises.
        """
        slot = self._slot(tenant_id, version, idle_seconds)
        strikes = 0
        for _ in range(_ATTEMPTS):
            runner = slot.runner or await self._started(slot)
            slot.used_at = time.monotonic()
            try:
                answer = await runner.ask(body)
            except RunnerGone as gone:
                self._drop(slot, runner)
                strikes += gone.working
                if strikes == _STRIKES:
                    break
            else:
                slot.failures = 0
                return answer
        raise ModelCrashed(
            f"The process of {version.model}/{version.version} ended while it worked on this request. "
            "Try again; if it stays so, the gateway's log has the model's last words."
        )

    async def warm(
        self, tenant_id: UUID, version: ModelVersion, idle_seconds: float | None
    ) -> None:
        """Load a version now, however often that failed before. Raises ModelUnloadable, OutOfMemory."""
        slot = self._slot(tenant_id, version, idle_seconds)
        slot.not_before = 0.0
        slot.used_at = time.monotonic()
        if slot.runner is None:
            await self._started(slot)

    def retire(self, version_id: UUID) -> None:
        """Unload a version that nobody asks for any more, once its requests are answered."""
        slot = self._slots.get(version_id)
        if slot is not None:
            slot.idle_seconds = min(slot.idle_seconds, _RETIRE_SECONDS)
            self._watch(slot)

    def log(self, tenant_id: UUID, version_id: UUID, *, after: int) -> DeploymentLog:
        """What the processes of a tenant's version printed and what befell them, since line `after`."""
        lines = self._logs.find(tenant_id, version_id).read(after)
        slot = self._slots.get(version_id)
        loaded = slot is not None and slot.tenant_id == tenant_id and slot.runner is not None
        return DeploymentLog(lines=lines, next=lines[-1].seq if lines else after, loaded=loaded)

    async def close(self) -> None:
        """End every process."""
        slots = [*self._slots.values()]
        self._slots.clear()
        for slot in slots:
            if slot.starting is not None:
                slot.starting.cancel()
        stops = [slot.runner.stop() for slot in slots if slot.runner is not None]
        await asyncio.gather(*stops, *self._stopping)

    def _slot(self, tenant_id: UUID, version: ModelVersion, idle_seconds: float | None) -> _Slot:
        idle = idle_seconds or self._settings.idle_seconds
        slot = self._slots.get(version.id)
        if slot is None:
            slot = self._slots[version.id] = _Slot(tenant_id, version, idle)
        slot.idle_seconds = idle
        return slot

    async def _started(self, slot: _Slot) -> Runner:
        """The slot's process; all who need it wait for the same start."""
        if slot.starting is None:
            pause = slot.not_before - time.monotonic()
            if pause > _WORTH_WAITING:
                raise ModelCrashed(
                    f"{slot.version.model}/{slot.version.version} failed {slot.failures} times and is "
                    f"tried again in {pause:.0f} s. {slot.error}",
                    retry_after=max(1, round(pause)),
                )
            slot.starting = asyncio.create_task(self._start(slot, max(0.0, pause)))
        return await asyncio.shield(slot.starting)

    async def _start(self, slot: _Slot, pause: float) -> Runner:
        began = time.monotonic()
        named = {"model": slot.version.model, "version": slot.version.version}
        try:
            await asyncio.sleep(pause)
            folder = await self._materialize(slot.tenant_id, slot.version)
            runner = await Runner.start(
                folder,
                memory_mb=self._settings.memory_mb,
                seconds=self._settings.predict_seconds,
                on_lost=lambda: self._on_lost(slot),
                on_line=lambda line: self._print(slot, line),
            )
        except MaestroError as error:
            slot.note_failure(error.detail)
            self._note(slot, f"It could not be loaded: {error.detail}")
            log.warning("serving.model.unloadable", **named, reason=error.detail)
            raise
        finally:
            slot.starting = None
        slot.runner = runner
        slot.used_at = time.monotonic()
        self._watch(slot)
        seconds = round(slot.used_at - began, 2)
        self._note(slot, f"Loaded in {seconds:g} s, as process {runner.pid}.")
        log.info("serving.model.loaded", **named, seconds=seconds)
        return runner

    def _on_lost(self, slot: _Slot) -> None:
        """The process ended; unless we ended it, that is a failure."""
        if slot.runner is not None:
            self._drop(slot, slot.runner)

    def _drop(self, slot: _Slot, runner: Runner) -> None:
        if slot.runner is runner:
            slot.runner = None
            slot.note_failure("Its process ended unexpectedly.")
            named = {"model": slot.version.model, "version": slot.version.version}
            self._note(slot, f"Process {runner.pid} ended unexpectedly.")
            log.warning("serving.model.lost", **named)
            self._stop(runner)

    def _watch(self, slot: _Slot) -> None:
        """Look again when the slot may have become idle."""
        rest = slot.used_at + slot.idle_seconds - time.monotonic()
        asyncio.get_running_loop().call_later(max(0.01, rest), self._unload_if_idle, slot)

    def _unload_if_idle(self, slot: _Slot) -> None:
        runner = slot.runner
        if runner is None:
            return
        if runner.waiting or time.monotonic() < slot.used_at + slot.idle_seconds:
            self._watch(slot)
            return
        slot.runner = None
        self._slots.pop(slot.version.id, None)
        named = {"model": slot.version.model, "version": slot.version.version}
        self._note(slot, f"Unloaded: process {runner.pid} was not needed any more.")
        log.info("serving.model.unloaded", **named)
        self._stop(runner)

    def _note(self, slot: _Slot, text: str) -> None:
        self._logs.open(slot.tenant_id, slot.version.id).add(LogSource.GATEWAY, text)

    def _print(self, slot: _Slot, line: str) -> None:
        self._logs.open(slot.tenant_id, slot.version.id).add(LogSource.MODEL, line)
        # The operator's log has it, too: that one outlives this process.
        sys.stderr.write(f"{slot.version.model}/{slot.version.version}: {line}\n")

    def _stop(self, runner: Runner) -> None:
        task = asyncio.create_task(runner.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
