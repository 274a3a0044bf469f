"""`client.models` and `client.deployments` against a real server and gateway."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from tests.support.gateway import start_gateway
from tests.support.live import LiveServer, live_server
from tests.support.models import write_model
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.registry import Stage
from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import ConfigurationError, Conflict, InvalidRequest, NotFound
from maestro_ml.server.installation import Installation

TABLE = pd.DataFrame({"age": [1.0, 2.0, 50.0, 60.0], "rooms": [1, 2, 3, 4]})


@pytest.fixture(scope="module")
def live(installation: Installation) -> Iterator[LiveServer]:
    """A server with a gateway behind it."""
    gateway = start_gateway(installation.settings)
    with live_server(installation, MAESTRO_SERVING_URL=gateway.url) as server:
        yield server
    gateway.end()


@pytest.fixture
async def ml(live: LiveServer, tenants: TenantFactory) -> AsyncIterator[MaestroClient]:
    """An ML engineer of a fresh tenant."""
    tenant = await tenants.create()
    with MaestroClient(live.url, await tenant.token(Role.ML_ENGINEER)) as client:
        yield client


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of the old and the young."""
    model = LogisticRegression().fit(TABLE, ["young", "young", "old", "old"])
    return save_model(tmp_path_factory.mktemp("packed") / "model", model, TABLE)


def keep_versions(ml: MaestroClient, folder: Path) -> None:
    with pytest.raises(InvalidRequest, match="separates names"):
        ml.models.create("team/churn")
    with pytest.raises(ConfigurationError, match="MLmodel"):
        ml.models.register("churn", folder)
    model = write_model(folder / "model")
    version = ml.models.register("churn", model, description="the first")
    assert (version.version, version.info.description) == (1, "the first")
    ml.models.register("churn", model)

    version = ml.models.get("churn", version="v2").transition_stage("production")
    assert version.stage is Stage.PRODUCTION
    version.set_alias("champion")
    assert ml.models.get("churn", alias="champion").version == 2
    registered = ml.models.get("churn")
    assert registered.info.aliases == {"champion": 2}
    assert [each.version for each in registered.versions()] == [2, 1]
    assert registered.version("1").info.stage is Stage.NONE
    assert [each.name for each in ml.models.search("HUR")] == ["churn"]
    history = registered.history()
    assert history.stages == {1: Stage.NONE, 2: Stage.PRODUCTION}
    assert registered.compare(1, "v2").metrics == {}
    registered.delete_alias("champion")
    assert registered.update(description="who leaves").info.description == "who leaves"

    assert (version.download(folder / "copy") / "data" / "weights.txt").read_text() == "weights"
    assert zipfile.is_zipfile(version.download(folder / "copy.zip"))
    assert version.download(folder / "w.txt").read_text() == "weights"
    with pytest.raises(InvalidRequest, match="0 files"):
        version.download(folder / "w.pkl")
    version.delete()
    ml.models.delete("churn")
    with pytest.raises(NotFound):
        ml.models.get("churn")


def serve(ml: MaestroClient, packed: Path, folder: Path) -> None:
    version = ml.models.register("ages", packed)
    assert version.load().predict(TABLE).tolist() == ["young", "young", "old", "old"]
    assert version.download(folder / "model.pkl").stat().st_size > 100
    deployment = ml.deployments.create("ages", "ages")
    assert deployment.state == "ready"
    with pytest.raises(Conflict):
        ml.deployments.create("ages", "ages")
    one = ml.deployments.predict("ages", {"age": 1.0, "rooms": 1})
    assert one.predictions == ["young"]
    assert one.probabilities is not None
    assert set(one.probabilities[0]) == {"young", "old"}
    assert one.model.version == 1
    assert ml.deployments.predict("ages", TABLE).predictions == ["young", "young", "old", "old"]
    with pytest.raises(InvalidRequest, match="'rooms'") as caught:
        ml.deployments.predict("ages", [{"age": 1.0}])
    assert caught.value.code == "serving.column_missing"

    ml.models.register("ages", packed)
    assert ml.deployments.deploy("ages", "ages").routes[0].version == 2
    assert ml.deployments.predict("ages", TABLE).model.version == 2
    assert [each.name for each in ml.deployments.list()] == ["ages"]
    assert ml.deployments.stop("ages").state == "stopped"
    with pytest.raises(Conflict) as stopped:
        ml.deployments.predict("ages", {"age": 1.0, "rooms": 1})
    assert stopped.value.code == "serving.deployment_stopped"
    assert ml.deployments.start("ages").state == "ready"
    assert ml.deployments.predict("ages", TABLE).model.version == 2
    assert "Loaded in" in next(ml.deployments.logs("ages")).text
    followed = ml.deployments.logs("ages", follow=True)
    seen = [next(followed).seq for _ in ml.deployments.logs("ages")]
    assert seen == sorted(set(seen))
    ml.deployments.delete("ages")
    with pytest.raises(NotFound):
        ml.deployments.predict("ages", {"age": 1.0, "rooms": 1})


async def test_a_model_from_its_first_version_to_its_end(ml: MaestroClient, tmp_path: Path) -> None:
    await asyncio.to_thread(keep_versions, ml, tmp_path)


async def test_a_model_is_served(ml: MaestroClient, packed: Path, tmp_path: Path) -> None:
    await asyncio.to_thread(serve, ml, packed, tmp_path)
