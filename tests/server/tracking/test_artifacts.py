"""Files of runs: stored whole, listed by path, gone when deleted."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role
from maestro_ml.server.tracking import ArtifactFiles, RunArtifactService
from maestro_ml.server.tracking.errors import ArtifactTooLarge
from maestro_ml.server.wiring import Platform


async def folder(client: httpx.AsyncClient) -> str:
    run = (await client.post("/api/v1/runs", json={})).json()
    return f"/api/v1/runs/{run['id']}/artifacts"


async def paths(client: httpx.AsyncClient, address: str, **query: Any) -> list[str]:
    answer = await client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return [each["path"] for each in answer.json()["items"]]


async def test_a_file_comes_back_as_it_was(client: httpx.AsyncClient) -> None:
    address = await folder(client)
    content = bytes(range(256)) * 5000

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 70_000):
            yield content[start : start + 70_000]

    stored = await client.put(f"{address}/model/weights ü.bin", content=chunks())
    assert stored.status_code == 200, stored.text
    assert stored.json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert stored.json()["size"] == len(content)
    answer = await client.get(f"{address}/model/weights ü.bin")
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment")
    again = await client.put(f"{address}/model/weights ü.bin", content=b"new")
    assert again.status_code == 200
    assert (await client.get(f"{address}/model/weights ü.bin")).content == b"new"
    assert await paths(client, address) == ["model/weights ü.bin"]


async def test_files_are_listed_by_path_and_deleted_by_folder(client: httpx.AsyncClient) -> None:
    address = await folder(client)
    for path in ("plots/roc.png", "plots-old/a", "plots/deep/x", "note.txt"):
        await client.put(f"{address}/{path}", content=b"x")
    assert await paths(client, address) == [
        "note.txt",
        "plots-old/a",
        "plots/deep/x",
        "plots/roc.png",
    ]
    page = (await client.get(f"{address}?limit=3")).json()
    assert await paths(client, address, cursor=page["next_cursor"]) == ["plots/roc.png"]
    assert await paths(client, address, path="plots/") == ["plots/deep/x", "plots/roc.png"]
    assert (await client.delete(f"{address}/plots")).status_code == 204
    assert await paths(client, address) == ["note.txt", "plots-old/a"]
    for path in ("plots", "plots/roc.png", "plo"):
        gone = await client.delete(f"{address}/{path}")
        assert (gone.status_code, gone.json()["code"]) == (404, "tracking.artifact_not_found")
    assert (await client.get(f"{address}/plots/roc.png")).status_code == 404
    # The folder is free again for a file of its name.
    assert (await client.put(f"{address}/plots", content=b"")).status_code == 200


async def test_a_path_is_a_file_or_a_folder(client: httpx.AsyncClient) -> None:
    address = await folder(client)
    await client.put(f"{address}/a/b", content=b"x")
    for path in ("a", "a/b/c"):
        answer = await client.put(f"{address}/{path}", content=b"y")
        assert (answer.status_code, answer.json()["code"]) == (409, "tracking.artifact_path_taken")
    for path in ("a//b", "a/%2e%2e/%2e%2e/b", "a\\b", "x" * 300):
        answer = await client.put(f"{address}/{path}", content=b"y")
        assert (answer.status_code, answer.json()["code"]) == (400, "blob.key_invalid"), path
    assert await paths(client, address) == ["a/b"]


async def test_other_tenants_and_viewers_are_kept_out(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    owner, viewer = await tenant.client(), await tenant.client(Role.VIEWER)
    stranger = await (await tenants.create()).client()
    address = await folder(owner)
    await owner.put(f"{address}/a", content=b"secret")
    assert (await viewer.get(f"{address}/a")).content == b"secret"
    assert (await viewer.put(f"{address}/a", content=b"x")).status_code == 403
    assert (await viewer.delete(f"{address}/a")).status_code == 403
    for method, path in [("GET", ""), ("GET", "/a"), ("PUT", "/a"), ("DELETE", "/a")]:
        answer = await stranger.request(method, address + path, content=b"x")
        assert (answer.status_code, answer.json()["code"]) == (404, "tracking.run_not_found")
    await owner.delete(address.removesuffix("/artifacts"))
    assert (await owner.put(f"{address}/b", content=b"x")).status_code == 409
    assert (await owner.get(f"{address}/a")).content == b"secret"


async def test_a_file_that_is_too_large_leaves_nothing(
    tenants: TenantFactory, platform: Platform
) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    address = await folder(client)
    run_id = address.split("/")[-2]
    artifacts = RunArtifactService(ArtifactFiles(platform.blobs, max_bytes=1000))

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100

    with pytest.raises(ArtifactTooLarge):
        async with await tenant.unit() as unit:
            await artifacts.put(unit, UUID(run_id), "big", endless())
    assert await paths(client, address) == []
    assert (await client.get(f"{address}/big")).status_code == 404
