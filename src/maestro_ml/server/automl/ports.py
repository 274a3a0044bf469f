"""What this room needs from rooms above it; the composition root hands it in."""

from __future__ import annotations

from typing import Protocol

from maestro_ml.contracts.serving import Deployment
from maestro_ml.server.kernel.db import UnitOfWork


class Deployer(Protocol):
    """Serves a model version."""

    async def deploy(
        self, unit: UnitOfWork, *, name: str, model: str, version: int, authorization: str
    ) -> Deployment:
        """Serve version `version` of `model` under `name`, in place of what is served there.

        authorization: the caller's own credential, with which the gateway is asked.
        """
