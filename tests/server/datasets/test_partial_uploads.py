"""Uploads in parts: they go on after a cut, belong to one person, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.datasets.conftest import NOTHING, Remains
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.server.datasets.partial_uploads import PART_BYTES
from maestro_ml.server.wiring import Platform

UPLOADS = "/api/v1/uploads"
ROW = b"%07d,name of somebody,12.5\n"
ROWS = 2 * PART_BYTES // len(ROW % 0) + 1000
TABLE = b"number,name,value\n" + b"".join(ROW % n for n in range(ROWS))


def part(number: int) -> bytes:
    return TABLE[(number - 1) * PART_BYTES : number * PART_BYTES]


async def begin(client: httpx.AsyncClient, size: int = len(TABLE)) -> dict[str, Any]:
    answer = await client.post(UPLOADS, json={"size": size})
    assert answer.status_code == 201, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def send(
    client: httpx.AsyncClient, upload: dict[str, Any], number: int, content: bytes
) -> httpx.Response:
    return await client.put(f"{UPLOADS}/{upload['id']}/parts/{number}", content=content)


async def test_parts_in_any_order_become_a_version_and_finishing_again_answers_the_same(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    upload = await begin(client)
    assert (upload["parts"], upload["received"]) == (3, [])
    for number in (3, 1):
        assert (await send(client, upload, number, part(number))).status_code == 204
    path = f"{UPLOADS}/{upload['id']}"
    assert (await client.get(path)).json()["received"] == [1, 3]
    body = {"name": "people", "filename": "people.csv"}
    early = await client.post(f"{path}/finish", json=body)
    assert (early.status_code, early.json()["code"]) == (409, "dataset.upload_incomplete")
    await send(client, upload, 2, part(2))
    done = await client.post(f"{path}/finish", json=body)
    assert done.status_code == 201, done.text
    assert (done.json()["rows"], done.json()["source"]) == (ROWS, "people.csv")
    assert (await client.post(f"{path}/finish", json=body)).json() == done.json()
    # The table and the manifest: the parts are gone.
    assert remains.of(tenant_id) == {"spool": 0, "blobs": 2, "dataset": 1, "dataset_version": 1}


@pytest.mark.parametrize(
    ("number", "content", "code"),
    [
        (1, part(1)[:-1], "dataset.upload_interrupted"),
        (1, part(1) + b"x", "dataset.upload_part_invalid"),
        (4, b"x", "dataset.upload_part_invalid"),
    ],
)
async def test_a_part_that_does_not_fit_is_refused_and_not_kept(
    client: httpx.AsyncClient, number: int, content: bytes, code: str
) -> None:
    upload = await begin(client)
    answer = await send(client, upload, number, content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await client.get(f"{UPLOADS}/{upload['id']}")).json()["received"] == []


async def test_a_file_that_is_no_table_is_named_as_what_it_is(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(100)
    upload = await begin(client, len(picture))
    await send(client, upload, 1, picture)
    path = f"{UPLOADS}/{upload['id']}"
    answer = await client.post(f"{path}/finish", json={"name": "people", "filename": "people.csv"})
    assert answer.json()["code"] == "dataset.unsupported_file"
    assert (await client.delete(path)).status_code == 204
    assert remains.of(tenant_id) == NOTHING


async def test_nobody_else_sees_an_upload(client: httpx.AsyncClient, tenant: TenantHandle) -> None:
    upload = await begin(client)
    colleague = await tenant.client(Role.DATA_SCIENTIST)
    for answer in await asyncio.gather(
        colleague.get(f"{UPLOADS}/{upload['id']}"), send(colleague, upload, 1, part(1))
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "dataset.upload_not_found")


async def test_what_nobody_goes_on_with_is_deleted_after_three_days(
    client: httpx.AsyncClient, tenant: TenantHandle, platform: Platform, tenant_id: str
) -> None:
    old, fresh = await begin(client), await begin(client)
    await send(client, old, 1, part(1))
    folder = next(platform.settings.home.joinpath("blobs", tenant_id).rglob(old["id"]))
    for path in filter(Path.is_file, folder.rglob("*")):
        os.utime(path, (time.time() - 4 * 24 * 3600,) * 2)
    async with await tenant.unit() as unit:
        assert await platform.partial_uploads.purge_abandoned(unit) > PART_BYTES
    assert (await client.get(f"{UPLOADS}/{old['id']}")).status_code == 404
    assert (await client.get(f"{UPLOADS}/{fresh['id']}")).status_code == 200
