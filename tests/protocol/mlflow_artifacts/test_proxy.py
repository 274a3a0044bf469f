"""The artifact proxy: files in and out, ranges, listings, hostile paths, tenants and roles."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.support.mlflow_wire import PROXY, Mlflow
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.tracking import RunCreate
from maestro_ml.server.wiring import Platform


async def start_run(tenant: TenantHandle) -> str:
    async with await tenant.unit() as unit:
        run = await tenant.platform.tracking.create_run(unit, RunCreate(experiment_id=0))  # type: ignore[arg-type]
        return run.id.hex


async def listed(client: httpx.AsyncClient, path: str = "") -> dict[str, int | None]:
    answer = await client.get(PROXY, params={"path": path} if path else {})
    assert answer.status_code == 200, answer.text
    return {file["path"]: file.get("file_size") for file in answer.json().get("files", [])}


@pytest.mark.parametrize("root", ["anywhere", "0/{run}/artifacts"])
async def test_a_file_comes_back_as_it_was(
    client: httpx.AsyncClient, tenant: TenantHandle, root: str
) -> None:
    root = root.format(run=await start_run(tenant))
    content = os.urandom(3_000_000)
    stored = await client.put(f"{PROXY}/{root}/a b/héllo.bin", content=content)
    assert (stored.status_code, stored.json()) == (200, {})
    await client.put(f"{PROXY}/{root}/empty", content=b"")
    got = await client.get(f"{PROXY}/{root}/a b/héllo.bin")
    assert got.content == content
    assert got.headers["content-length"] == str(len(content))
    assert got.headers["x-content-type-options"] == "nosniff"
    disposition = "attachment; filename=hello.bin; filename*=UTF-8''h%C3%A9llo.bin"
    assert got.headers["content-disposition"] == disposition
    assert (await client.get(f"{PROXY}/{root}/empty")).content == b""
    assert await listed(client, root) == {"a b": None, "empty": 0}
    assert await listed(client, f"{root}/a b/") == {"héllo.bin": len(content)}
    assert await listed(client, f"{root}/a b/héllo.bin") == {}
    assert await listed(client, f"{root}/nothing") == {}
    assert (await client.get(f"{PROXY}/{root}/nothing")).status_code == 404
    assert (await client.get(f"{PROXY}/{root}/a b")).status_code == 400


async def test_the_type_is_one_that_a_browser_does_not_run(client: httpx.AsyncClient) -> None:
    types = {}
    for name in ("MLmodel", "a.py", "a.js", "a.json", "a.png", "a", "A.TXT", "we ird.csv"):
        await client.put(f"{PROXY}/{name}", content=b"x")
        types[name] = (await client.get(f"{PROXY}/{name}")).headers["content-type"]
    plain = {name for name, kind in types.items() if kind == "text/plain"}
    assert plain == {"MLmodel", "a.py", "a.js", "a.json", "A.TXT", "we ird.csv"}
    assert (types["a.png"], types["a"]) == ("image/png", "application/octet-stream")


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=-20", 206, b"0123456789"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=10-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-2", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
async def test_ranges(
    client: httpx.AsyncClient, asked: str, status: int, expected: bytes | None
) -> None:
    await client.put(f"{PROXY}/digits", content=b"0123456789")
    got = await client.get(f"{PROXY}/digits", headers={"Range": asked})
    assert got.status_code == status
    if expected is None:
        assert got.headers["content-range"] == "bytes */10"
    else:
        assert got.content == expected
    if status == 206:
        assert got.headers["content-range"].endswith("/10")


async def test_a_file_can_be_asked_about_without_its_bytes(client: httpx.AsyncClient) -> None:
    await client.put(f"{PROXY}/digits", content=b"0123456789")
    told = await client.head(f"{PROXY}/digits")
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-length"] == "10"
    assert told.headers["etag"] == (await client.get(f"{PROXY}/digits")).headers["etag"]
    assert (await client.head(f"{PROXY}/nothing")).status_code == 404


async def test_what_a_client_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    await client.put(f"{PROXY}/f", content=b"first")
    etag = (await client.get(f"{PROXY}/f")).headers["etag"]
    unchanged = await client.get(f"{PROXY}/f", headers={"If-None-Match": f'"x", {etag}'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await client.put(f"{PROXY}/f", content=b"second")
    again = await client.get(f"{PROXY}/f", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (200, b"second")
    changed = {"If-Range": etag, "Range": "bytes=0-1"}
    assert (await client.get(f"{PROXY}/f", headers=changed)).content == b"second"


async def test_deleting_takes_a_file_or_a_folder_and_may_be_repeated(
    client: httpx.AsyncClient, tenant: TenantHandle, platform: Platform
) -> None:
    run = await start_run(tenant)
    for root in ("free", f"0/{run}/artifacts"):
        for name in ("a", "d/b", "d/e/c", "dd"):
            await client.put(f"{PROXY}/{root}/{name}", content=b"x")
        for path in ("a", "d", "d", "none"):
            gone = await client.delete(f"{PROXY}/{root}/{path}")
            assert (gone.status_code, gone.json()) == (200, {})
        assert await listed(client, root) == {"dd": 1}
        assert (await client.delete(f"{PROXY}/{root}")).status_code == 200
        assert await listed(client, root) == {}


HOSTILE = [
    "%2e%2e/x",
    "a/%2e%2e/%2e%2e/x",
    "%252e%252e/x",
    "%25252e%25252e%25252fx",
    "a/..%2f..%2fx",
    "a%5c..%5cx",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "C:%5cx",
    "a%00b",
    "a%23b",
]


@pytest.mark.parametrize("path", HOSTILE)
async def test_no_encoding_of_a_path_leads_out_of_the_tree(
    client: httpx.AsyncClient, path: str
) -> None:
    for method in ("GET", "PUT", "DELETE"):
        # As raw bytes, because the client would tidy the path up.
        url = client.base_url.copy_with(raw_path=f"{PROXY}/{path}".encode())
        answer = await client.request(method, url)
        told = (answer.status_code, answer.json()["error_code"])
        assert told == (400, "INVALID_PARAMETER_VALUE"), (method, answer.text)
    for plain in (path, "../x", "a/../../x"):
        answer = await client.get(f"{PROXY}?path={plain}")
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


async def test_a_path_is_a_file_or_a_folder(client: httpx.AsyncClient) -> None:
    await client.put(f"{PROXY}/a/b", content=b"x")
    for path in ("a", "a/b/c"):
        answer = await client.put(f"{PROXY}/{path}", content=b"x")
        assert answer.status_code == 409
        assert answer.json()["error_code"] == "RESOURCE_CONFLICT"


async def test_what_was_cut_leaves_nothing(
    client: httpx.AsyncClient, tenant: TenantHandle, platform: Platform
) -> None:
    run = await start_run(tenant)

    async def cut() -> AsyncIterator[bytes]:
        yield b"x" * 100_000
        raise ConnectionError("the sender is gone")

    for root in ("free", f"0/{run}/artifacts"):
        answer = await client.put(f"{PROXY}/{root}/cut.bin", content=cut())
        assert answer.status_code == 503
        assert await listed(client, root) == {}
    tenant_id = (await tenant.context()).tenant_id
    folder = platform.settings.home / "blobs" / str(tenant_id)
    assert not [path for path in folder.rglob("*") if path.is_file()]


async def test_tenants_see_neither_files_nor_runs_of_each_other(
    client: httpx.AsyncClient, tenant: TenantHandle, tenants: TenantFactory
) -> None:
    run = await start_run(tenant)
    root = f"0/{run}/artifacts"
    await client.put(f"{PROXY}/{root}/mine", content=b"mine")
    await client.put(f"{PROXY}/free/mine", content=b"mine")
    stranger = await (await tenants.create()).client()
    for method in ("GET", "PUT", "DELETE"):
        answer = await stranger.request(method, f"{PROXY}/{root}/mine")
        told = (answer.status_code, answer.json()["error_code"])
        assert told == (404, "RESOURCE_DOES_NOT_EXIST"), method
    assert (await stranger.get(f"{PROXY}/free/mine")).status_code == 404
    assert await listed(stranger) == {}
    assert (await stranger.get(PROXY, params={"path": root})).status_code == 404
    assert (await client.get(f"{PROXY}/{root}/mine")).content == b"mine"


async def test_a_viewer_reads_and_no_more(client: httpx.AsyncClient, tenant: TenantHandle) -> None:
    await client.put(f"{PROXY}/f", content=b"x")
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.get(f"{PROXY}/f")).content == b"x"
    for method in ("PUT", "DELETE"):
        answer = await viewer.request(method, f"{PROXY}/f")
        assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")


async def test_the_files_of_a_run_by_its_id(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    run = await start_run(tenant)
    mlflow = Mlflow(client)
    assert await mlflow.get("artifacts/list", run_id=run) == {
        "root_uri": f"mlflow-artifacts:/0/{run}/artifacts"
    }
    await client.put(f"{PROXY}/0/{run}/artifacts/sub/dir/f.txt", content=b"text")
    await client.put(f"{PROXY}/0/{run}/artifacts/top", content=b"top")
    shown = (await mlflow.get("artifacts/list", run_uuid=run))["files"]
    assert shown == [
        {"path": "sub", "is_dir": True},
        {"path": "top", "is_dir": False, "file_size": 3},
    ]
    shown = (await mlflow.get("artifacts/list", run_id=run, path="sub/dir"))["files"]
    assert shown == [{"path": "sub/dir/f.txt", "is_dir": False, "file_size": 4}]
    got = await client.get("/get-artifact", params={"run_id": run, "path": "sub/dir/f.txt"})
    assert (got.content, got.headers["content-type"]) == (b"text", "text/plain")
    # A client whose address ends with a slash asks like this.
    url = client.base_url.copy_with(raw_path=f"//get-artifact?run_id={run}&path=top".encode())
    assert (await client.get(url)).content == b"top"
    upload = "/ajax-api/2.0/mlflow/upload-artifact"
    named = {"run_uuid": run, "path": "plots/p.json"}
    assert (await client.post(upload, params=named, content=b"{}")).status_code == 200
    native = await client.get(f"/api/v1/runs/{run}/artifacts/plots/p.json")
    assert native.content == b"{}"
    invalid, missing = (400, "INVALID_PARAMETER_VALUE"), (404, "RESOURCE_DOES_NOT_EXIST")
    await mlflow.refused("GET", "artifacts/list", *invalid, run_id=run, path="../x")
    await mlflow.refused("GET", "artifacts/list", *missing, run_id="f" * 32)
    await mlflow.refused("GET", "artifacts/list", *missing, run_id="no-id")
    await mlflow.refused("GET", "artifacts/list", *invalid)
    for wrong in ({"run_uuid": run}, {"path": "p"}, {**named, "path": "../p"}):
        assert (await client.post(upload, params=wrong, content=b"x")).status_code == 400
    assert (await client.post(upload, params=named)).status_code == 400
    large = await client.post(upload, params=named, content=bytes(10 * 1024**2 + 1))
    assert large.status_code == 400


async def test_a_run_in_the_trash_takes_no_files(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    run = await start_run(tenant)
    await client.put(f"{PROXY}/0/{run}/artifacts/f", content=b"x")
    await client.delete(f"/api/v1/runs/{run}")
    answer = await client.put(f"{PROXY}/0/{run}/artifacts/g", content=b"x")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert (await client.get(f"{PROXY}/0/{run}/artifacts/f")).content == b"x"


async def test_without_a_cloud_nothing_is_signed(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    run = await start_run(tenant)
    direct = "/api/2.0/mlflow-artifacts"
    answer = await client.post(f"{direct}/mpu/create/d", json={"path": "f", "num_parts": 2})
    assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    # By this beginning clients know that they have to send the file in one piece.
    assert answer.json()["message"].startswith("Multipart upload is not supported for the current")
    assert (await client.get(f"{direct}/presigned/f")).status_code == 501
    mlflow = Mlflow(client)
    invalid = (400, "INVALID_PARAMETER_VALUE")
    for path in ("artifacts/presigned-upload-url", "artifacts/presigned-download-url"):
        told = await mlflow.refused("POST", path, *invalid, run_id=run, path="f")
        assert "proxied" in told
        await mlflow.refused("POST", path, *invalid, run_id=run, path="../f")
        await mlflow.refused("POST", path, *invalid, path="f")


async def test_an_experiment_may_keep_its_files_elsewhere(client: httpx.AsyncClient) -> None:
    mlflow = Mlflow(client)

    async def start(location: str) -> tuple[str, str]:
        named = {"name": location, "artifact_location": location}
        experiment = (await mlflow.post("experiments/create", **named))["experiment_id"]
        info = (await mlflow.post("runs/create", experiment_id=experiment))["run"]["info"]
        return info["run_id"], info["artifact_uri"]

    run, uri = await start("mlflow-artifacts:/team/churn")
    assert uri == f"mlflow-artifacts:/team/churn/{run}/artifacts"
    await client.put(f"{PROXY}/team/churn/{run}/artifacts/f", content=b"inside")
    assert (await client.get(f"/api/v1/runs/{run}/artifacts/f")).content == b"inside"
    run, uri = await start("s3://bucket/churn")
    assert await mlflow.get("artifacts/list", run_id=run) == {"root_uri": uri}
    answer = await client.get("/get-artifact", params={"run_id": run, "path": "f"})
    assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    assert uri in answer.json()["message"]


async def test_the_tree_is_one_from_its_root(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    run, _empty = await start_run(tenant), await start_run(tenant)
    assert await listed(client) == {}
    await client.put(f"{PROXY}/0/{run}/artifacts/sub/f", content=b"x")
    await client.put(f"{PROXY}/0/note", content=b"xy")
    await client.put(f"{PROXY}/free/g", content=b"x")
    assert await listed(client) == {"0": None, "free": None}
    assert await listed(client, "0") == {run: None, "note": 2}
    assert await listed(client, f"0/{run}") == {"artifacts": None}
    assert await listed(client, f"0/{run}/artifacts") == {"sub": None}
