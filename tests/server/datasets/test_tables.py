"""The rows and bytes of versions: pages, downloads, local copies, orphans, a full disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from tests.server.datasets.conftest import NOTHING, Remains, installation_with
from tests.support.disk import small_disk
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.server.blobs import BlobNotFound, blob_key
from maestro_ml.server.blobs.store import read_chunks
from maestro_ml.server.kernel.clock import now

DATASETS = "/api/v1/datasets"
ROWS = 20_000
CSV = b"n,text,day\n" + b"".join(
    b'%d,"a ""quoted"", text",2024-01-%02d\n' % (n, n % 28 + 1) if n % 10 else b"%d,,\n" % n
    for n in range(ROWS)
)


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
async def table(client: httpx.AsyncClient) -> str:
    """The path of an uploaded version."""
    answer = await client.post(f"{DATASETS}/upload", params={"name": "table"}, content=CSV)
    assert answer.status_code == 201, answer.text
    return f"{DATASETS}/table/versions/1"


async def test_rows_come_in_pages_and_tables_as_files(
    client: httpx.AsyncClient, table: str, tmp_path: Path
) -> None:
    page = (await client.get(f"{table}/preview", params={"offset": 19_998, "limit": 5})).json()
    assert (page["total"], page["offset"], page["columns"]) == (ROWS, 19_998, ["n", "text", "day"])
    assert page["rows"][1] == [19_999, 'a "quoted", text', "2024-01-08"]
    beyond = (await client.get(f"{table}/preview", params={"offset": ROWS + 5})).json()
    assert beyond["rows"] == []

    parquet = await client.get(f"{table}/download")
    assert int(parquet.headers["content-length"]) == len(parquet.content)
    whole = pq.read_table(pa.BufferReader(parquet.content))
    csv = await client.get(f"{table}/download", params={"format": "csv"})
    assert csv.headers["content-disposition"] == 'attachment; filename="table-v1.csv"'
    (tmp_path / "copy.csv").write_bytes(csv.content)
    strict = pa_csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    again = pa_csv.read_csv(tmp_path / "copy.csv", convert_options=strict)
    assert again.num_rows == whole.num_rows == ROWS
    assert again["text"].equals(whole["text"].cast(pa.string()))
    assert (await client.get(f"{table}/download", params={"format": "jsonl"})).status_code == 422
    profile = (await client.get(f"{table}/profile")).json()
    assert [column["missing"] for column in profile["columns"]] == [0, 2000, 2000]


async def test_a_viewer_looks_but_does_not_export(
    client: httpx.AsyncClient, tenant: TenantHandle, table: str
) -> None:
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.get(f"{table}/preview")).status_code == 200
    refused = await viewer.get(f"{table}/download")
    assert refused.status_code == 403
    assert "dataset:export" in refused.json()["detail"]


async def test_a_job_gets_a_copy_of_its_own_and_orphans_go_after_a_day(
    client: httpx.AsyncClient,
    tenant: TenantHandle,
    table: str,
    tmp_path: Path,
    remains: Remains,
    tenant_id: str,
) -> None:
    platform, context = tenant.platform, await tenant.context()
    async with platform.units.tenant(context) as unit:
        version = await platform.datasets.get_version(unit, "table")
    copy = await platform.tables.materialize(context.tenant_id, version, tmp_path / "job")
    assert pq.ParquetFile(copy).metadata.num_rows == ROWS
    assert await platform.tables.materialize(context.tenant_id, version, copy.parent) == copy

    orphan = blob_key(context.tenant_id, "datasets", f"{version.dataset_id}.parquet")
    await platform.blobs.put_stream(orphan, read_chunks(copy))
    async with platform.units.tenant(context) as unit:
        assert await platform.tables.purge_orphans(unit) == 0
        for blob in (remains.home / "blobs" / tenant_id).rglob("*.parquet"):
            long_ago = (now() - timedelta(days=2)).timestamp()
            os.utime(blob, (long_ago, long_ago))
        assert await platform.tables.purge_orphans(unit) == version.bytes
    assert remains.of(tenant_id)["blobs"] == 1

    await client.delete(f"{DATASETS}/table", params={"purge": True})
    assert copy.exists()
    with pytest.raises(BlobNotFound):
        await platform.tables.materialize(context.tenant_id, version, tmp_path / "later")
    assert list((tmp_path / "later").iterdir()) == []


async def test_a_store_without_files_is_read_through_a_cache(
    tenant: TenantHandle, remains: Remains, tenant_id: str
) -> None:
    blobs = tenant.platform.settings.blob.model_copy(update={"url": "memory:///"})
    async with installation_with(tenant, blob=blobs) as client:
        uploaded = await client.post(f"{DATASETS}/upload?name=remote", content=b"a,b\n1,x\n2,y\n")
        sha256 = uploaded.json()["content_sha256"]
        version = f"{DATASETS}/remote/versions/1"
        assert (await client.get(f"{version}/preview")).json()["rows"] == [[1, "x"], [2, "y"]]
        csv = await client.get(f"{version}/download?format=csv")
        assert csv.text == '"a","b"\n1,"x"\n2,"y"\n'
        parquet = await client.get(f"{version}/download")
        assert hashlib.sha256(parquet.content).hexdigest() == sha256
        assert f"{sha256}.parquet" in files(remains.home / "cache" / "datasets")
        deleted = await client.delete(f"{DATASETS}/remote", params={"purge": True})
        assert deleted.json()["bytes_freed"] == len(parquet.content)
        assert (await client.get(f"{version}/preview")).status_code == 404
    assert remains.of(tenant_id) == NOTHING


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    with small_disk(tmp_path) as place:
        yield place


async def test_a_full_disk_is_named_and_nothing_stays(
    tenant: TenantHandle, disk: Path, remains: Remains, tenant_id: str
) -> None:
    noise = os.urandom(3_000_000).hex().encode()
    rows = b"\n".join(noise[at : at + 40] for at in range(0, len(noise), 40))
    upload = {"params": {"name": "large"}, "content": b"noise\n" + rows}
    async with installation_with(tenant, home=disk / "home") as client:
        spool = await client.post(f"{DATASETS}/upload", **upload)  # type: ignore[arg-type]
    assert (spool.status_code, spool.json()["code"]) == (507, "storage.full")
    blobs = tenant.platform.settings.blob.model_copy(update={"url": (disk / "blobs").as_uri()})
    smaller = {**upload, "content": b"noise\n" + rows[:4_000_000]}
    (disk / "filler").write_bytes(bytes(3_000_000))
    async with installation_with(tenant, blob=blobs) as client:
        blob = await client.post(f"{DATASETS}/upload", **smaller)  # type: ignore[arg-type]
    assert (blob.status_code, blob.json()["code"]) == (507, "storage.full")
    assert files(disk) == ["filler"]
    assert remains.of(tenant_id) == NOTHING
