"""`client.datasets` against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from tests.support.live import LiveServer, live_server
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import Conflict, InvalidRequest, NotFound
from maestro_ml.sdk.resources.datasets import default_name
from maestro_ml.server.installation import Installation

CSV = "name,age,alive\nAda,36,true\nBob,,false\nCy,12.5,true\n"


@pytest.fixture(scope="module")
def live(installation: Installation) -> Iterator[LiveServer]:
    """A server process of its own."""
    with live_server(installation) as server:
        yield server


@pytest.fixture
async def ml(live: LiveServer, tenants: TenantFactory) -> MaestroClient:
    """An ML engineer of a fresh tenant."""
    tenant = await tenants.create()
    return MaestroClient(live.url, await tenant.token(Role.ML_ENGINEER))


def use_it_all(ml: MaestroClient, folder: Path) -> None:
    file = folder / "people.csv"
    file.write_text(CSV)
    moved: list[tuple[int, int | None]] = []
    first = ml.datasets.upload(file, on_progress=lambda done, total: moved.append((done, total)))
    assert (first.dataset_name, first.number, first.created) == ("people", 1, True)
    assert moved == [(len(CSV), len(CSV))]
    assert not ml.datasets.upload(str(file)).created

    frame = pd.DataFrame({"name": ["Di"], "age": [40.0], "alive": [True]})
    assert ml.datasets.upload(frame, "people").number == 2
    with pytest.raises(InvalidRequest, match="name="):
        ml.datasets.upload(frame)

    assert [version.number for version in ml.datasets.versions("people")] == [2, 1]
    assert ml.datasets.version("people", 1) == ml.datasets.version(first.dataset_id, 1)
    assert ml.datasets.preview("people", 1, offset=1).rows[0] == ["Bob", None, False]
    assert ml.datasets.profile("people", 1).columns[1].missing == 1

    copy = ml.datasets.download("people", folder / "copy.parquet", version=1)
    assert pd.read_parquet(copy)["name"].tolist() == ["Ada", "Bob", "Cy"]
    assert pd.read_csv(ml.datasets.download("people", folder / "copy.csv")).shape == (1, 3)

    ml.datasets.update("people", tags={"source": "census"}, description="Who was there")
    assert [found.name for found in ml.datasets.list(search="eop", tag="source")] == ["people"]
    with pytest.raises(Conflict):
        ml.datasets.create("people")
    assert ml.datasets.delete("people").versions == 2
    assert [found.name for found in ml.datasets.list(deleted=True)] == ["people"]
    assert ml.datasets.restore("people").latest_version == 2
    assert ml.datasets.delete("people", purge=True).bytes_freed > 0
    with pytest.raises(NotFound):
        ml.datasets.get("people")


async def test_a_dataset_from_the_first_upload_to_its_end(
    ml: MaestroClient, tmp_path: Path
) -> None:
    with ml:
        await asyncio.to_thread(use_it_all, ml, tmp_path)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("titanic.csv", "titanic"),
        ("my data.csv.gz", "my data"),
        ("Köln (2024).parquet", "K-ln -2024"),
        (".hidden.csv", "hidden"),
        ("*.csv", "table"),
        ("x" * 200 + ".csv", "x" * 120),
    ],
)
def test_a_dataset_is_named_after_its_file(file: str, name: str) -> None:
    assert default_name(Path(file)) == name
