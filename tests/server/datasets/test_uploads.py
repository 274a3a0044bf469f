"""Uploads through the API: what becomes a version, what is refused, and that nothing else stays."""

from __future__ import annotations

import asyncio
import gzip
import io
import zipfile
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.server.datasets.conftest import NOTHING, Remains, installation_with
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.server.kernel.settings import UploadSettings
from maestro_ml.server.wiring import Platform

CSV = b"name,age,alive\nAda,36,true\nBob,,false\nCy,12.5,true\n"
UPLOAD = "/api/v1/datasets/upload"


async def upload(client: httpx.AsyncClient, content: bytes = CSV, **params: str) -> httpx.Response:
    return await client.post(UPLOAD, params={"name": "people", **params}, content=content)


async def test_an_upload_becomes_a_typed_version_with_its_origin(
    client: httpx.AsyncClient, tenant: TenantHandle, remains: Remains, tenant_id: str
) -> None:
    answer = await upload(client, filename="people.csv", git_commit="0123abc", description="Who")
    assert answer.status_code == 201, answer.text
    version = answer.json()
    assert version["created"]
    assert (version["number"], version["rows"], version["source"]) == (1, 3, "people.csv")
    assert version["source_bytes"] == len(CSV)
    assert {c["name"]: c["type"] for c in version["columns"]}["age"] == "float"
    assert (version["git_commit"], version["source_format"]) == ("0123abc", "csv")
    dataset = (await client.get("/api/v1/datasets/people")).json()
    assert (dataset["id"], dataset["description"]) == (version["dataset_id"], "Who")
    assert (dataset["rows"], dataset["column_count"]) == (3, 3)
    assert remains.of(tenant_id) == {"spool": 0, "blobs": 1, "dataset": 1, "dataset_version": 1}
    administrator = await tenant.client()
    changes = (await administrator.get("/api/v1/audit")).json()["items"]
    actions = {change["action"]: change["subject_id"] for change in changes}
    assert actions["datasets.version.created"] == version["id"]
    assert actions["datasets.dataset.created"] == version["dataset_id"]


async def test_the_same_table_again_is_the_same_version_and_another_is_the_next(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    first = (await upload(client)).json()
    same = await upload(client, gzip.compress(CSV.replace(b"\n", b"\r\n")))
    assert same.status_code == 200
    assert same.json() == {**first, "created": False}
    path = f"/api/v1/datasets/{first['dataset_id']}/versions"
    other = await client.post(path, content=CSV + b"Di,40,true\n")
    assert (other.status_code, other.json()["number"]) == (201, 2)
    back = await client.post(path, content=CSV)
    assert (back.status_code, back.json()["number"]) == (201, 3)
    listed = (await client.get(path, params={"limit": 2})).json()
    assert [version["number"] for version in listed["items"]] == [3, 2]
    rest = (await client.get(path, params={"cursor": listed["next_cursor"]})).json()
    assert [version["number"] for version in rest["items"]] == [1]
    assert remains.of(tenant_id) == {"spool": 0, "blobs": 3, "dataset": 1, "dataset_version": 3}


async def test_uploads_at_once_get_consecutive_numbers(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    rows = [b"Eve,1,true\n", b"Fay,2,true\n", b"Gus,3,true\n"]
    answers = await asyncio.gather(*(upload(client, CSV + row) for row in rows))
    assert sorted(answer.json()["number"] for answer in answers) == [1, 2, 3]
    assert len({answer.json()["dataset_id"] for answer in answers}) == 1
    assert remains.of(tenant_id)["blobs"] == 3


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"a,b\n" + b"0,0\n" * 8_000_000)
    return packed.getvalue()


BAD_FILES = {
    "dataset.wrong_encoding": (
        b"name,town\n" + b"Ada,Bath\n" * 40 + "Bob,Köln\n".encode("latin-1"),
        ["Row 42", "column 'town'"],
    ),
    "dataset.ragged_row": (CSV + b"Eve,1,true,4\n", ["Row 5 has 4 fields, expected 3"]),
    "dataset.empty_file": (b"", ["empty"]),
    "dataset.no_rows": (b"a,b\n", ["no rows"]),
    "dataset.expands_too_far": (zip_bomb(), ["200 times"]),
    "dataset.unsupported_file": (b"\x7fELF\x02\x01\x01" + bytes(500), []),
    "dataset.unclosed_quote": (b'a,b\n1,2\n"3,4\n5,6\n', ["row 3"]),
    "dataset.corrupt_file": (gzip.compress(CSV * 100)[:-20], ["damaged"]),
}


async def test_bad_files_are_refused_by_row_and_column_and_leave_nothing(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    answers = await asyncio.gather(*(upload(client, content) for content, _ in BAD_FILES.values()))
    for (code, (_, parts)), answer in zip(BAD_FILES.items(), answers, strict=True):
        problem = answer.json()
        assert problem["code"] == code, problem
        assert answer.status_code == (413 if code == "dataset.expands_too_far" else 400)
        assert all(part in problem["detail"] for part in parts), problem["detail"]
    assert remains.of(tenant_id) == NOTHING


async def test_what_will_be_refused_is_refused_before_the_upload(
    client: httpx.AsyncClient, tenant: TenantHandle, remains: Remains, tenant_id: str
) -> None:
    read = 0

    async def watched() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield CSV

    versions = "/api/v1/datasets/nothing/versions"
    missing = await client.post(versions, content=watched())
    assert (missing.status_code, missing.json()["code"]) == (404, "dataset.not_found")
    named = await client.post(UPLOAD, params={"name": "a/b"}, content=watched())
    assert named.status_code == 422
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.post(UPLOAD, params={"name": "x"}, content=watched())).status_code == 403
    assert read == 0
    assert remains.of(tenant_id) == NOTHING


async def test_another_tenants_dataset_is_not_there(
    client: httpx.AsyncClient, tenants: TenantFactory
) -> None:
    version = (await upload(client)).json()
    stranger = await (await tenants.create()).client(Role.ML_ENGINEER)
    for ref in ("people", version["dataset_id"]):
        path = f"/api/v1/datasets/{ref}"
        for answer in [
            await stranger.get(path),
            await stranger.delete(path),
            await stranger.patch(path, json={"description": "mine"}),
            await stranger.post(f"{path}/versions", content=CSV),
            await stranger.get(f"{path}/versions/1/download"),
        ]:
            assert (answer.status_code, answer.json()["code"]) == (404, "dataset.not_found")
    assert (await stranger.get("/api/v1/datasets")).json()["items"] == []


async def test_an_upload_beyond_the_limit_is_refused_with_the_limit_named(
    tenant: TenantHandle, remains: Remains, tenant_id: str
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"1,2\n" * 65536

    async with installation_with(tenant, upload=UploadSettings(max_bytes=3_000_000)) as client:
        declared = await upload(client, b"a,b\n" + b"1,2\n" * 1_000_000)
        counted = await client.post(UPLOAD, params={"name": "people"}, content=endless())
    for answer in (declared, counted):
        assert (answer.status_code, answer.json()["code"]) == (413, "dataset.upload_too_large")
        assert "3,000,000 bytes" in answer.json()["detail"]
    assert remains.of(tenant_id) == NOTHING


async def test_a_cancelled_upload_leaves_nothing(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    begun = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield CSV * 100_000
        begun.set()
        await asyncio.Event().wait()

    sending = asyncio.create_task(client.post(UPLOAD, params={"name": "people"}, content=stalled()))
    await begun.wait()
    assert remains.of(tenant_id)["spool"] == 1
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert remains.of(tenant_id) == NOTHING


async def test_a_blob_whose_row_is_refused_does_not_stay(
    client: httpx.AsyncClient, remains: Remains, tenant_id: str
) -> None:
    """The dataset is deleted while a new version of it is on its way."""
    dataset = (await upload(client)).json()["dataset_id"]
    deleted = asyncio.Event()

    async def delayed() -> AsyncIterator[bytes]:
        yield CSV
        answer = await client.delete(f"/api/v1/datasets/{dataset}?purge=true")
        assert answer.status_code == 200
        deleted.set()
        yield b"Eve,1,true\n"

    answer = await client.post(f"/api/v1/datasets/{dataset}/versions", content=delayed())
    assert deleted.is_set()
    assert (answer.status_code, answer.json()["code"]) == (404, "dataset.not_found")
    assert remains.of(tenant_id) == NOTHING


async def test_no_connection_waits_for_the_sender(
    client: httpx.AsyncClient, platform: Platform
) -> None:
    release = asyncio.Event()
    started = asyncio.Semaphore(0)

    async def slow() -> AsyncIterator[bytes]:
        yield b"a,b\n"
        started.release()
        await release.wait()

    size = platform.settings.database.pool_size * 2 + 1
    uploads = [
        asyncio.create_task(client.post(UPLOAD, params={"name": "slow"}, content=slow()))
        for _ in range(size)
    ]
    for _ in uploads:
        await started.acquire()
    assert (await client.get("/api/v1/datasets")).status_code == 200
    for task in uploads:
        task.cancel()
    await asyncio.gather(*uploads, return_exceptions=True)
