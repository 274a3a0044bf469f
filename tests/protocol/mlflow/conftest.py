"""MLflow's protocol over raw HTTP, as a fresh tenant."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.support.mlflow_wire import PREFIX
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role

STARTED = 1_767_225_600_000
"""The first of January 2026 in milliseconds."""


@dataclass
class Protocol:
    """Asks the server as MLflow's client does, and checks the status of every answer."""

    client: httpx.AsyncClient
    tenant: TenantHandle

    async def post(self, path: str, /, *, expect: Any = 200, **body: Any) -> Any:
        """The answer to a POST of `body`."""
        return read(await self.client.post(PREFIX + path, json=body), expect)

    async def get(self, path: str, /, *, expect: Any = 200, **query: Any) -> Any:
        """The answer to a GET with `query`."""
        return read(await self.client.get(PREFIX + path, params=query), expect)

    async def refused(
        self, path: str, /, code: str = "INVALID_PARAMETER_VALUE", **body: Any
    ) -> str:
        """The message of the refusal of a POST, which has the error `code`."""
        status = 404 if code == "RESOURCE_DOES_NOT_EXIST" else 400
        answer = await self.post(path, expect=status, **body)
        assert answer["error_code"] == code, answer
        message: str = answer["message"]
        return message

    async def as_role(self, role: Role) -> Protocol:
        """The same tenant with another role."""
        return Protocol(await self.tenant.client(role), self.tenant)

    async def experiment(self, name: str = "") -> str:
        """The id of a new experiment."""
        made = await self.post("experiments/create", name=name or secrets.token_hex(8))
        experiment_id: str = made["experiment_id"]
        return experiment_id

    async def run(self, experiment_id: str = "0", **body: Any) -> str:
        """The id of a new run."""
        body = {"start_time": STARTED, **body}
        made = await self.post("runs/create", experiment_id=experiment_id, **body)
        run_id: str = made["run"]["info"]["run_id"]
        return run_id

    async def shown(self, run_id: str) -> Any:
        """What `runs/get` tells of a run."""
        return (await self.get("runs/get", run_id=run_id))["run"]

    async def metrics(self, run_id: str) -> dict[str, Any]:
        """The latest value of each metric."""
        found = (await self.shown(run_id))["data"].get("metrics", [])
        return {metric["key"]: metric["value"] for metric in found}


def read(answer: httpx.Response, status: Any) -> Any:
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json()


@pytest.fixture
async def mlflow(tenants: TenantFactory) -> Protocol:
    """A tenant of its own, as a data scientist."""
    tenant = await tenants.create()
    return Protocol(await tenant.client(Role.DATA_SCIENTIST), tenant)
