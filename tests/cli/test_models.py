"""`maestro models`, `deployments`, `deploy` and `predict` against a real server and gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from tests.cli.conftest import Maestro
from tests.support.gateway import start_gateway
from tests.support.live import live_server
from tests.support.models import write_model
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role
from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.server.installation import Installation

TABLE = pd.DataFrame({"age": [1.0, 2.0, 50.0, 60.0]})


@pytest.fixture(scope="module")
def url(installation: Installation) -> Iterator[str]:
    """A server with a gateway behind it."""
    gateway = start_gateway(installation.settings)
    with live_server(installation, MAESTRO_SERVING_URL=gateway.url) as server:
        yield server.url
    gateway.end()


@pytest.fixture
async def engineer(url: str, tenants: TenantFactory, tmp_path: Path) -> Maestro:
    """An ML engineer of a fresh tenant."""
    token = await (await tenants.create()).token(Role.ML_ENGINEER)
    env = {"MAESTRO_URL": url, "MAESTRO_API_KEY": token}
    return Maestro(tmp_path / "home", env)


async def test_a_model_is_registered_staged_named_and_deleted(
    engineer: Maestro, tmp_path: Path
) -> None:
    folder = write_model(tmp_path / "model")
    refused = engineer("models", "register", "team/churn", str(folder))
    assert refused.code != 0
    registered = engineer("models", "register", "churn", str(folder), "--json")
    assert registered.code == 0, registered.err
    assert registered.json["version"] == 1
    assert engineer("models", "list", "--quiet").out == "churn\n"
    assert engineer("models", "stage", "churn", "1", "production").code == 0
    assert engineer("models", "alias", "churn", "champion", "-v", "v1").code == 0
    assert engineer("models", "alias", "churn", "champion", "--quiet").out == "churn/1\n"
    history = engineer("models", "history", "churn")
    assert "champion is version 1" in history.err
    assert "version registered" in history.out
    assert engineer("models", "versions", "churn", "--json").json[0]["stage"] == "Production"
    saved = engineer("models", "download", "churn", "1", str(tmp_path / "copy"))
    assert saved.code == 0, saved.err
    assert (tmp_path / "copy" / "MLmodel").is_file()
    assert engineer("models", "delete", "churn", "--yes").code == 0
    assert engineer("models", "get", "churn").code == 5
    assert engineer("models", "history", "churn", "--json").json["exists"] is False


async def test_a_model_is_deployed_and_asked(engineer: Maestro, tmp_path: Path) -> None:
    model = LogisticRegression().fit(TABLE, ["young", "young", "old", "old"])
    folder = save_model(tmp_path / "model", model, TABLE)
    assert engineer("models", "register", "ages", str(folder)).code == 0
    deployed = engineer("deploy", "ages/1", "--name", "ages", "--json")
    assert deployed.code == 0, deployed.err
    assert deployed.json["state"] == "ready"
    assert engineer("deploy", "ages", "--name", "ages").code == 0
    row = engineer("predict", "ages", "--data", '{"age": 1.0}', "--json")
    assert row.json["predictions"] == ["young"]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps({"inputs": [{"age": 1}, {"age": None}, {"age": 60}]}))
    failed = engineer("predict", "ages", "--data", str(file))
    assert failed.code == 7
    assert "NaN" in failed.err
    file.write_text(json.dumps([{"age": 1}, {"age": 60}]))
    assert engineer("predict", "ages", "--data", str(file), "--quiet").out == "young\nold\n"
    shown = engineer("predict", "ages", "--data", "-", stdin='{"age": 60}')
    assert "old=0.99" in shown.out
    assert engineer("predict", "ages", "--data", "nowhere.json").code == 2
    assert "ages/1" in engineer("deployments", "list").out
    assert engineer("deployments", "stop", "ages").code == 0
    assert "stopped" in engineer("deployments", "list").out
    assert engineer("predict", "ages", "--data", '{"age": 1}').code != 0
    started = engineer("deployments", "start", "ages", "--json")
    assert (started.code, started.json["state"]) == (0, "ready")
    assert "gateway Loaded in" in engineer("deployments", "logs", "ages").out
    assert engineer("deployments", "delete", "ages", "-y").code == 0
    assert engineer("deployments", "get", "ages").code == 5
