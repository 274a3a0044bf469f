"""The files of versions: hostile archives, downloads, verified copies, freed bytes."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from tests.support.models import write_model, zipped
from tests.support.tenant import TenantHandle

from maestro_ml.server.blobs import blob_key
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.wiring import Platform

VERSIONS = "/api/v1/models/churn/versions"


def _escaping() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../outside", "x")
    return stream.getvalue()


def _linking() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


def _tar_link() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


def _bomb() -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w") as file,
    ):
        for _ in range(120):
            file.write(bytes(1 << 20))
    return stream.getvalue()


def _no_model() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "x")
    return stream.getvalue()


def _cut() -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        entry = tarfile.TarInfo("weights")
        entry.size = 200_000
        archive.addfile(entry, io.BytesIO(os.urandom(200_000)))
    return whole.getvalue()[:100_000]


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (_escaping, 400, "registry.archive_invalid"),
        (_linking, 400, "registry.archive_invalid"),
        (_tar_link, 400, "registry.archive_invalid"),
        (_bomb, 413, "registry.package_too_large"),
        (_no_model, 400, "registry.package_invalid"),
        (_cut, 400, "registry.archive_invalid"),
        (lambda: b"no archive", 400, "registry.archive_invalid"),
        (lambda: b"", 400, "registry.archive_invalid"),
    ],
)
async def test_a_bad_archive_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient,
    platform: Platform,
    make: Callable[[], bytes],
    status: int,
    code: str,
) -> None:
    answer = await client.post(VERSIONS, content=make())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get("/api/v1/models/churn")).status_code == 404
    scratch = platform.settings.home / "cache" / "scratch"
    assert not [*scratch.iterdir()]


async def test_a_tar_is_taken_as_well(client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model")
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.add(folder, arcname="model")
    answer = await client.post(VERSIONS, content=stream.getvalue())
    assert answer.status_code == 201, answer.text
    assert {file["path"] for file in answer.json()["files"]} == {
        "MLmodel",
        "data/weights.txt",
        "input_example.json",
    }


async def test_what_was_uploaded_comes_back(client: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = write_model(tmp_path, content="w" * 3_000_000)
    await client.post(VERSIONS, content=zipped(folder))
    whole = await client.get(f"{VERSIONS}/1/download")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
        for path in archive.namelist():
            assert archive.read(path) == (folder / path).read_bytes()
    one = await client.get(f"{VERSIONS}/1/files/data/weights.txt")
    assert one.content == (folder / "data" / "weights.txt").read_bytes()
    missing = await client.get(f"{VERSIONS}/1/files/data/other.txt")
    assert missing.json()["code"] == "registry.file_not_found"


async def test_a_damaged_copy_is_replaced_and_a_damaged_store_is_told(
    client: httpx.AsyncClient, tenant: TenantHandle, platform: Platform, tmp_path: Path
) -> None:
    await client.post(VERSIONS, content=zipped(write_model(tmp_path)))
    async with await tenant.unit() as unit:
        version = await platform.registry.resolve(unit, "churn/1")
        copy = await platform.registry.materialize(unit.context.tenant_id, version)
        assert (copy / "data" / "weights.txt").read_text() == "weights"
        (copy / "data" / "weights.txt").write_text("changed")
        again = await platform.registry.materialize(unit.context.tenant_id, version)
        assert (again / "data" / "weights.txt").read_text() == "weights"
        blobs = platform.settings.home / "blobs" / str(unit.context.tenant_id) / "models"
        (blobs / str(version.id) / "data" / "weights.txt").write_text("changed")
        (copy / "data" / "weights.txt").write_text("changed")
        with pytest.raises(Exception, match="not the one that was registered"):
            await platform.registry.materialize(unit.context.tenant_id, version)


async def test_a_deleted_version_frees_its_bytes(
    client: httpx.AsyncClient, tenant: TenantHandle, platform: Platform, tmp_path: Path
) -> None:
    await client.post(VERSIONS, content=zipped(write_model(tmp_path)))
    await client.post(VERSIONS, content=zipped(write_model(tmp_path)))
    tenant_id = (await tenant.context()).tenant_id
    stored = platform.settings.home / "blobs" / str(tenant_id) / "models"
    assert len([path for path in stored.rglob("*") if path.is_file()]) == 6
    await client.delete(f"{VERSIONS}/1")
    assert len([path for path in stored.rglob("*") if path.is_file()]) == 3
    await client.delete("/api/v1/models/churn")
    assert not [path for path in stored.rglob("*") if path.is_file()]


async def test_files_without_a_version_go_after_a_day(
    client: httpx.AsyncClient, tenant: TenantHandle, platform: Platform, tmp_path: Path
) -> None:
    await client.post(VERSIONS, content=zipped(write_model(tmp_path)))
    tenant_id = (await tenant.context()).tenant_id
    ids = {}
    for name, age in (("old", timedelta(hours=25)), ("fresh", timedelta(hours=23))):
        made = int((datetime.now(UTC) - age).timestamp() * 1000)
        ids[name] = UUID(int=(made << 80) | (new_id().int & (2**80 - 1)))
        key = blob_key(tenant_id, "models", str(ids[name]), "data", "weights.txt")
        # A copy is as old as its source, whenever it was made.
        await platform.blobs.put_file(key, tmp_path / "data" / "weights.txt")
    async with await tenant.unit() as unit:
        assert await platform.registry.purge_orphans(unit) == len("weights")
        assert await platform.registry.purge_orphans(unit) == 0
    stored = platform.settings.home / "blobs" / str(tenant_id) / "models"
    left = {path.name for path in stored.iterdir() if any(path.rglob("*.txt"))}
    version = (await client.get(f"{VERSIONS}/1")).json()
    assert left == {version["id"], str(ids["fresh"])}
