"""Creating, describing, finding and deleting datasets."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import pytest
from tests.server.datasets.conftest import NOTHING, Remains
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.server.datasets import DatasetNotFound, DatasetVersionNotFound

DATASETS = "/api/v1/datasets"
CSV = b"a,b\n1,x\n2,y\n"


async def create(client: httpx.AsyncClient, name: str, **fields: object) -> httpx.Response:
    return await client.post(DATASETS, json={"name": name, **fields})


async def names(client: httpx.AsyncClient, **params: str | bool) -> list[str]:
    answer = await client.get(DATASETS, params=params)
    assert answer.status_code == 200, answer.text
    return [dataset["name"] for dataset in answer.json()["items"]]


async def test_a_dataset_is_found_by_its_name_and_by_its_id(client: httpx.AsyncClient) -> None:
    made = await create(client, "House prices", description="of Boston", tags={"team": "a"})
    assert made.status_code == 201
    dataset = made.json()
    assert dataset["latest_version"] is None
    for ref in ("House prices", dataset["id"]):
        assert (await client.get(f"{DATASETS}/{ref}")).json() == dataset
    for unknown in ("house prices", str(uuid4())):
        answer = await client.get(f"{DATASETS}/{unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "dataset.not_found")
    empty = await client.get(f"{DATASETS}/House prices/versions/latest")
    assert empty.json()["code"] == "dataset.version_not_found"
    assert "nothing was uploaded" in empty.json()["detail"]


@pytest.mark.parametrize(
    "name", ["", "a/b", "../x", "a@1", str(UUID(int=7)), UUID(int=7).hex, "x" * 121]
)
async def test_names_that_could_be_mistaken_are_refused(
    client: httpx.AsyncClient, name: str
) -> None:
    assert (await create(client, name)).status_code == 422


async def test_a_name_is_taken_once_in_a_tenant(client: httpx.AsyncClient) -> None:
    await create(client, "prices")
    again = await create(client, "prices")
    assert (again.status_code, again.json()["code"]) == (409, "dataset.name_taken")


async def test_datasets_are_listed_newest_first_and_filtered(client: httpx.AsyncClient) -> None:
    await create(client, "sales_2024", tags={"team": "a", "stage": "raw"})
    await create(client, "sales-2025", tags={"team": "b"})
    await create(client, "Weather")
    assert await names(client) == ["Weather", "sales-2025", "sales_2024"]
    assert await names(client, search="SALES") == ["sales-2025", "sales_2024"]
    assert await names(client, search="s_2") == ["sales_2024"]
    assert await names(client, tag="team") == ["sales-2025", "sales_2024"]
    assert await names(client, tag="team=a") == ["sales_2024"]
    assert await names(client, tag="team=a=b") == []
    first = (await client.get(DATASETS, params={"limit": 2})).json()
    assert await names(client, cursor=first["next_cursor"]) == ["sales_2024"]


async def test_description_and_tags_change_and_the_rest_stays(client: httpx.AsyncClient) -> None:
    before = (await create(client, "prices", description="old", tags={"a": "1"})).json()
    changed = await client.patch(f"{DATASETS}/prices", json={"tags": {"b": "2"}})
    assert changed.json() == {**before, "tags": {"b": "2"}}
    described = await client.patch(f"{DATASETS}/prices", json={"description": "new"})
    assert described.json() == (await client.get(f"{DATASETS}/prices")).json()
    assert (described.json()["description"], described.json()["tags"]) == ("new", {"b": "2"})
    assert (await client.patch(f"{DATASETS}/prices", json={"name": "x"})).status_code == 422


async def test_deleting_for_good_frees_every_byte_and_says_how_many(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    sizes = []
    for content in (CSV, CSV + b"3,z\n"):
        answer = await client.post(f"{DATASETS}/upload", params={"name": "prices"}, content=content)
        sizes.append(answer.json()["bytes"])
    deleted = (await client.delete(f"{DATASETS}/prices", params={"purge": True})).json()
    assert (deleted["versions"], deleted["bytes_freed"]) == (2, sum(sizes))
    assert remains.of(tenant_id) == NOTHING
    assert (await client.delete(f"{DATASETS}/prices")).status_code == 404
    new = await client.post(f"{DATASETS}/upload", params={"name": "prices"}, content=CSV)
    assert (new.status_code, new.json()["number"]) == (201, 1)


async def test_what_is_deleted_can_be_brought_back(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str, tenant: TenantHandle
) -> None:
    uploaded = await client.post(f"{DATASETS}/upload", params={"name": "prices"}, content=CSV)
    before = (await client.get(f"{DATASETS}/prices")).json()
    deleted = (await client.delete(f"{DATASETS}/prices")).json()
    assert (deleted["versions"], deleted["bytes_freed"]) == (1, 0)
    assert await names(client) == []
    assert (await client.get(f"{DATASETS}/{before['id']}")).status_code == 404
    (shown,) = (await client.get(DATASETS, params={"deleted": True})).json()["items"]
    assert shown == {**before, "deleted_at": shown["deleted_at"]}
    assert shown["deleted_at"] is not None
    found = await client.get("/api/v1/search", params={"q": "prices"})
    assert found.json()["items"] == []
    admin = await tenant.client(Role.TENANT_ADMIN)
    shares = (await admin.get("/api/v1/storage")).json()["shares"]
    (share,) = [share for share in shares if share["domain"] == "datasets"]
    assert (share["trash_items"], share["trash_bytes"]) == (1, uploaded.json()["bytes"])

    restored = await client.post(f"{DATASETS}/prices/restore")
    assert (restored.status_code, restored.json()) == (200, before)
    preview = await client.get(f"{DATASETS}/prices/versions/1/preview")
    assert preview.json()["total"] == 2
    assert (await client.post(f"{DATASETS}/prices/restore")).status_code == 404
    events = (await admin.get("/api/v1/audit", params={"subject_id": before["id"]})).json()
    assert [each["action"] for each in events["items"]] == [
        "datasets.dataset.restored",
        "datasets.dataset.deleted",
        "datasets.dataset.created",
    ]
    await client.delete(f"{DATASETS}/prices")
    purged = await client.delete(f"{DATASETS}/prices", params={"purge": True})
    assert purged.json()["bytes_freed"] == uploaded.json()["bytes"]
    assert remains.of(tenant_id) == NOTHING


async def test_a_deleted_name_is_free_and_is_not_taken_back(client: httpx.AsyncClient) -> None:
    await client.post(f"{DATASETS}/upload", params={"name": "prices"}, content=CSV)
    first = (await client.delete(f"{DATASETS}/prices")).json()["id"]
    again = await client.post(f"{DATASETS}/upload", params={"name": "prices"}, content=CSV)
    assert (again.status_code, again.json()["number"]) == (201, 1)
    taken = await client.post(f"{DATASETS}/{first}/restore")
    assert (taken.status_code, taken.json()["code"]) == (409, "dataset.name_taken")
    second = (await client.delete(f"{DATASETS}/prices")).json()["id"]
    # By its name, the one that was deleted last comes back.
    assert (await client.post(f"{DATASETS}/prices/restore")).json()["id"] == second
    assert await names(client, deleted=True) == ["prices"]
    assert (await client.delete(f"{DATASETS}/{first}?purge=true")).status_code == 200
    assert await names(client, deleted=True) == []
    assert await names(client) == ["prices"]


async def test_only_who_may_delete_or_write_does(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    await create(client, "prices")
    scientist = await tenant.client(Role.DATA_SCIENTIST)
    assert (await scientist.delete(f"{DATASETS}/prices")).status_code == 403
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.get(f"{DATASETS}/prices")).status_code == 200
    assert (await create(viewer, "other")).status_code == 403
    assert (await viewer.patch(f"{DATASETS}/prices", json={})).status_code == 403


async def test_other_rooms_name_a_version_in_one_word(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    for content in (CSV, CSV + b"3,z\n"):
        await client.post(f"{DATASETS}/upload", params={"name": "prices"}, content=content)
    datasets = tenant.platform.datasets
    async with await tenant.unit() as unit:
        for ref, rows in [("prices", 3), ("prices@latest", 3), ("prices@1", 2)]:
            assert (await datasets.get_version(unit, ref)).rows == rows
        for ref in ("prices@3", "prices@0", "prices@x", "prices@²"):
            with pytest.raises(DatasetVersionNotFound):
                await datasets.get_version(unit, ref)
        with pytest.raises(DatasetNotFound):
            await datasets.get_version(unit, "other@1")


async def test_a_list_follows_its_order_over_pages(client: httpx.AsyncClient) -> None:
    for name, rows in (("b", 2), ("a", 3), ("c", 1)):
        await client.post(
            f"{DATASETS}/upload", params={"name": name}, content=b"x\n" + b"1\n" * rows
        )
    await create(client, "empty")
    await client.post(f"{DATASETS}/b/versions", content=b"x\n9\n9\n")
    expected = {
        "created": ["empty", "c", "a", "b"],
        "updated": ["b", "empty", "c", "a"],
        "name": ["a", "b", "c", "empty"],
        "rows": ["a", "b", "c", "empty"],
    }
    for order, wanted in expected.items():
        first = (await client.get(DATASETS, params={"order": order, "limit": 3})).json()
        rest = await names(client, order=order, limit="3", cursor=first["next_cursor"])
        assert [dataset["name"] for dataset in first["items"]] + rest == wanted, order
    params = {"order": "rows", "cursor": first["next_cursor"]}
    params["order"] = "name"
    wrong = await client.get(DATASETS, params=params)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "request.cursor_invalid")
