"""An unmodified MLflow client at a live server: what people write works as it is."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.support.live import LiveServer, live_server

from maestro_ml.contracts.identity import Role, UserCreate
from maestro_ml.server.installation import Installation
from maestro_ml.server.wiring import Platform

SCRIPT = Path(__file__).with_name("client_script.py")
SHORT = (
    "import mlflow; mlflow.log_metric('a', 1); mlflow.end_run(); assert mlflow.last_active_run()"
)
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(installation: Installation) -> Iterator[LiveServer]:
    with live_server(installation) as live:
        yield live


async def credentials(platform: Platform, kind: str) -> dict[str, str]:
    """What somebody exports for MLflow's client."""
    name = f"client-{kind}"
    await platform.tenants.create(name)
    token = await platform.tenants.issue_token(name, Role.TENANT_ADMIN)
    if kind == "token":
        return {"MLFLOW_TRACKING_TOKEN": token}
    email = "client@example.org"
    context = await platform.authenticator.authenticate(f"Bearer {token}", "test")
    async with platform.units.tenant(context) as unit:
        person = UserCreate(email=email, password=SecretStr(PASSWORD), role=Role.DATA_SCIENTIST)
        await platform.users.create(unit, person)
    return {"MLFLOW_TRACKING_USERNAME": email, "MLFLOW_TRACKING_PASSWORD": PASSWORD}


@pytest.mark.parametrize("kind", ["token", "password"])
async def test_the_client_works_as_it_is(server: LiveServer, platform: Platform, kind: str) -> None:
    """In a process of its own, as it does for those who use it."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "MAESTRO_"))}
    environment = {
        **plain,
        **await credentials(platform, kind),
        "MLFLOW_TRACKING_URI": server.url,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    program = [str(SCRIPT)] if kind == "token" else ["-c", SHORT]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, output.decode()[-3000:]
