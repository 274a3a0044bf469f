"""The gateway's work: whose deployment is it, which version answers, ask its process."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
import orjson

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.errors import InvalidInput
from maestro_ml.server.kernel.http import HotRequest, HotResponse, HotRoute, Tier
from maestro_ml.server.registry import RegistryService
from maestro_ml.server.serving.client import PREDICT
from maestro_ml.server.serving.errors import (
    DeploymentNotFound,
    DeploymentNotReady,
    DeploymentStopped,
)
from maestro_ml.server.serving.figures import Figures
from maestro_ml.server.serving.pool import RunnerPool
from maestro_ml.server.serving.reader import DeploymentReader, Target

Asked = TypeVar("Asked", bound=msgspec.Struct)

_REMEMBERED_SECONDS = 1.0
_MAX_REMEMBERED = 10_000


class Warm(msgspec.Struct, forbid_unknown_fields=True):
    """Load this version now."""

    version_id: UUID
    idle_seconds: float | None = None


class LogAsked(msgspec.Struct, forbid_unknown_fields=True):
    """The lines of this version's log since number `after`."""

    version_id: UUID
    after: int


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """The deployment that is meant."""

    deployment: str


@dataclass(slots=True)
class _Known:
    target: Target
    ending: bytes
    until: float


class GatewayService:
    """Predictions of all tenants' deployments; everything it looks up is looked up as the caller."""

    def __init__(
        self,
        units: UnitsOfWork,
        registry: RegistryService,
        deployments: DeploymentReader,
        pool: RunnerPool,
    ) -> None:
        self._units = units
        self._registry = registry
        self._deployments = deployments
        self._pool = pool
        self._known: dict[tuple[UUID, str], _Known] = {}
        self._figures = Figures()

    def routes(self) -> list[HotRoute]:
        """What the gateway answers to."""
        read, write = Permission.DEPLOYMENT_READ, Permission.DEPLOYMENT_WRITE
        return [
            HotRoute("POST", PREDICT, self.predict, Permission.DEPLOYMENT_PREDICT, Tier.INGEST),
            HotRoute("POST", "/gateway/warm", self.warm, write, Tier.INGEST),
            HotRoute("POST", "/gateway/forget", self.forget, write, Tier.INGEST),
            HotRoute("POST", "/gateway/figures", self.figures, read, Tier.API),
            HotRoute("POST", "/gateway/logs", self.logs, read, Tier.API),
        ]

    async def predict(self, request: HotRequest) -> HotResponse:
        """Answer a prediction. Raises what the service and the pool raise."""
        known = await self._find(request.context, request.path["name"])
        body = await request.body()
        target, tenant_id = known.target, request.context.tenant_id
        started, failed = time.perf_counter(), True
        try:
            answer = await self._pool.predict(
                tenant_id, target.version, body, target.deployment.idle_seconds
            )
            failed = False
        finally:
            seconds = time.perf_counter() - started
            self._figures.add(tenant_id, target.deployment.name, seconds=seconds, failed=failed)
        return HotResponse(answer[:-1] + known.ending)

    async def figures(self, request: HotRequest) -> HotResponse:
        """What was counted of a deployment of the caller's tenant."""
        asked = _read(await request.body(), Named)
        found = self._figures.get(request.context.tenant_id, asked.deployment)
        return HotResponse(found.model_dump_json().encode())

    async def logs(self, request: HotRequest) -> HotResponse:
        """What the process of a version of the caller's tenant printed, and what befell it."""
        asked = _read(await request.body(), LogAsked)
        found = self._pool.log(request.context.tenant_id, asked.version_id, after=asked.after)
        return HotResponse(found.model_dump_json().encode())

    async def warm(self, request: HotRequest) -> HotResponse:
        """Load a version. Raises VersionNotFound, ModelUnloadable, OutOfMemory."""
        asked = _read(await request.body(), Warm)
        async with self._units.tenant(request.context) as unit:
            version = await self._registry.get_version_by_id(unit, asked.version_id)
        await self._pool.warm(request.context.tenant_id, version, asked.idle_seconds)
        return HotResponse(b"{}")

    async def forget(self, request: HotRequest) -> HotResponse:
        """Look at a deployment again, and unload what it does not need any more."""
        asked = _read(await request.body(), Named)
        known = self._known.get((request.context.tenant_id, asked.deployment))
        if known is not None:
            known.until = 0.0
        # Looking also remembers: what is deleted or stopped later is then known to be loaded.
        with suppress(DeploymentNotFound, DeploymentNotReady, DeploymentStopped):
            await self._find(request.context, asked.deployment)
        return HotResponse(b"{}")

    async def _find(self, context: Context, name: str) -> _Known:
        key = (context.tenant_id, name)
        known = self._known.get(key)
        if known is None or known.until < time.monotonic():
            before = self._known.pop(key, None)
            try:
                known = await self._look_up(context, name)
                self._remember(key, known)
            finally:
                if before is not None:
                    self._retire_unless_needed(before.target.version.id)
        return known

    async def _look_up(self, context: Context, name: str) -> _Known:
        async with self._units.tenant(context) as unit:
            target = await self._deployments.get_target(unit, name)
        version = target.version
        served = orjson.dumps({"name": version.model, "version": version.version})
        until = time.monotonic() + _REMEMBERED_SECONDS
        return _Known(target, b',"model":' + served + b"}", until)

    def _remember(self, key: tuple[UUID, str], known: _Known) -> None:
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        self._known[key] = known

    def _retire_unless_needed(self, version_id: UUID) -> None:
        if all(known.target.version.id != version_id for known in self._known.values()):
            self._pool.retire(version_id)


def _read(body: bytes, kind: type[Asked]) -> Asked:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"The body does not fit: {error}.") from error
