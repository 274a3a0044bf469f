"""Uploads over real connections: memory, broken connections, and errors that arrive in time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from tests.server.datasets.conftest import NOTHING, Remains
from tests.support.live import LiveServer, live_server
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import InvalidRequest, NotFound
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.clock import now

MIB = 2**20
LIMIT = 200 * MIB


@pytest.fixture(scope="module")
def live(installation: Installation) -> Iterator[LiveServer]:
    """A server process of its own."""
    with live_server(installation, MAESTRO_UPLOAD_MAX_BYTES=str(LIMIT)) as server:
        yield server


@pytest.fixture
async def token(tenant: TenantHandle) -> str:
    """A key of an ML engineer."""
    return await tenant.token(Role.ML_ENGINEER)


def write_table(path: Path, size: int) -> None:
    """A CSV file of at least `size` bytes that compresses about as real tables do."""
    block = "".join(
        f"{n},{n * 0.37:.3f},city {n % 997},2024-{n % 12 + 1:02d}-01\n" for n in range(50_000)
    ).encode()
    with path.open("wb") as file:
        file.write(b"n,price,city,day\n")
        while file.tell() < size:
            file.write(block)


class Peak:
    """The most memory that a process held while it was watched."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.most = self._process.memory_info().rss

    async def watch(self) -> None:
        while True:
            self.most = max(self.most, self._process.memory_info().rss)
            await asyncio.sleep(0.02)


async def test_a_large_upload_takes_constant_memory(
    live: LiveServer, token: str, tmp_path: Path
) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    write_table(small, MIB)
    write_table(large, 150 * MIB)
    sent: list[int] = []
    with MaestroClient(live.url, token) as client:
        await asyncio.to_thread(client.datasets.upload, small)  # loads what the server loads once
        peak = Peak(live.pid)
        watching = asyncio.create_task(peak.watch())
        version = await asyncio.to_thread(
            client.datasets.upload, large, on_progress=lambda done, _: sent.append(done)
        )
        watching.cancel()
        target = await asyncio.to_thread(client.datasets.download, "large", tmp_path / "copy")
    assert version.source_bytes == sent[-1] == large.stat().st_size
    assert version.bytes == target.stat().st_size
    assert peak.most - peak.before < 48 * MIB


async def send_half(live: LiveServer, token: str) -> None:
    """Announce 10 MB, send half of it, and hang up."""
    address = urlsplit(live.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"POST /api/v1/datasets/upload?name=broken HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 10000000\r\n\r\n".encode()
    )
    writer.write(b"a,b\n" + b"1,2\n" * 1_250_000)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def test_a_connection_that_breaks_leaves_nothing(
    live: LiveServer, token: str, remains: Remains, tenant_id: str
) -> None:
    spool = remains.home / "spool"
    changed = spool.stat().st_mtime_ns
    await send_half(live, token)
    deadline = time.monotonic() + 10
    while remains.of(tenant_id) != NOTHING or spool.stat().st_mtime_ns == changed:
        assert time.monotonic() < deadline, remains.of(tenant_id)
        await asyncio.sleep(0.02)


async def test_a_refusal_arrives_although_the_sender_is_still_sending(
    live: LiveServer, token: str, tmp_path: Path, remains: Remains, tenant_id: str
) -> None:
    file = tmp_path / "large.csv"
    write_table(file, LIMIT + MIB)

    with MaestroClient(live.url, token, max_retries=0) as client:
        with pytest.raises(InvalidRequest, match="209,715,200 bytes") as refused:
            await asyncio.to_thread(client.datasets.upload, file)
        assert refused.value.code == "dataset.upload_too_large"
        with pytest.raises(NotFound):
            client.datasets.get("large")
    missing = f"{live.url}/api/v1/datasets/nothing/versions"
    headers = {"Authorization": f"Bearer {token}"}
    answer = await asyncio.to_thread(
        httpx.post, missing, content=repeat(bytes(MIB)), headers=headers
    )
    assert answer.json()["code"] == "dataset.not_found"
    assert remains.of(tenant_id) == NOTHING


async def test_what_a_killed_server_left_in_the_spool_goes_after_a_day(
    tenant: TenantHandle, remains: Remains
) -> None:
    left = remains.home / "spool" / "upload-killed"
    left.mkdir(parents=True)
    (left / "upload").write_bytes(b"half a table")
    tenant.platform.uploads.purge_spool()
    assert left.exists()
    long_ago = (now() - timedelta(days=2)).timestamp()
    os.utime(left, (long_ago, long_ago))
    tenant.platform.uploads.purge_spool()
    assert not left.exists()
