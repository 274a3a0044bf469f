"""The object store in a cloud, as moto imitates it: copies, signed addresses, uploads in parts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import ThreadedMotoServer

from maestro_ml.server.blobs import (
    BlobNotFound,
    BlobStore,
    MultipartInvalid,
    Part,
    blob_key,
)
from maestro_ml.server.blobs.multipart import Access, sign_url

FIVE_MB = 5 * 1024**2
TENANT = uuid4()


@pytest.fixture(scope="module")
def cloud() -> Iterator[str]:
    """The address of an S3 with the bucket `models`, and the environment that leads to it."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            patch.setenv(name, value)
        # Servers of one process share their buckets.
        httpx.post(f"{address}/moto-api/reset").raise_for_status()
        boto3.client("s3", endpoint_url=address, region_name="eu-west-1").create_bucket(
            Bucket="models", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield address
    server.stop()


@pytest.fixture
def store(cloud: str) -> BlobStore:
    return BlobStore("s3://models/some/where")


async def _bytes(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _read(store: BlobStore, *path: str) -> bytes:
    blob = await store.open(blob_key(TENANT, "test", *path))
    return b"".join([chunk async for chunk in blob.chunks])


async def test_a_copy_is_independent_of_what_it_was_copied_from(store: BlobStore) -> None:
    source, target = blob_key(TENANT, "test", "a b/ü"), blob_key(TENANT, "test", "copy/ü")
    await store.put_stream(source, _bytes(b"first"))
    await store.copy(source, target)
    await store.put_stream(source, _bytes(b"second"))
    assert await _read(store, "copy/ü") == b"first"
    with pytest.raises(BlobNotFound):
        await store.copy(blob_key(TENANT, "test", "nothing"), target)


async def test_a_signed_address_gives_the_blob_and_its_ranges(store: BlobStore) -> None:
    key = blob_key(TENANT, "test", "a b/ü.bin")
    await store.put_stream(key, _bytes(b"0123456789"))
    url = await store.download_url(key, seconds=60)
    async with httpx.AsyncClient() as client:
        part = await client.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert "X-Amz-Expires=60" in url


async def test_parts_become_one_blob_when_all_have_arrived(store: BlobStore) -> None:
    uploads = store.multipart
    assert uploads is not None
    key = blob_key(TENANT, "test", "weights ü.bin")
    upload_id = await uploads.create(key)
    contents = [os.urandom(FIVE_MB), b"the rest"]
    parts = []
    async with httpx.AsyncClient() as client:
        for number, content in enumerate(contents, start=1):
            url = uploads.part_url(key, upload_id, number, seconds=60)
            answer = await client.put(url, content=content)
            parts.append(Part(number, answer.headers["ETag"]))
    with pytest.raises(BlobNotFound):
        await store.stat(key)
    await uploads.complete(key, upload_id, reversed(parts))
    assert await _read(store, "weights ü.bin") == b"".join(contents)


async def test_an_upload_that_is_given_up_leaves_nothing(store: BlobStore, cloud: str) -> None:
    uploads = store.multipart
    assert uploads is not None
    key = blob_key(TENANT, "test", "half")
    upload_id = await uploads.create(key)
    async with httpx.AsyncClient() as client:
        await client.put(uploads.part_url(key, upload_id, 1, seconds=60), content=b"half")
    await uploads.abort(key, upload_id)
    s3 = boto3.client("s3", endpoint_url=cloud, region_name="eu-west-1")
    assert not s3.list_multipart_uploads(Bucket="models").get("Uploads")
    another = await uploads.create(key)
    with pytest.raises(MultipartInvalid):
        await uploads.complete(key, another, [Part(1, '"x"')])


def test_only_a_store_whose_keys_are_known_takes_parts(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    local = BlobStore(f"file://{tmp_path}")
    assert (store.signs, local.signs, local.multipart) == (True, False, None)
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name)
    role = BlobStore("s3://models")
    assert (role.signs, role.multipart) == (True, None)


def test_the_signature_is_the_one_that_amazon_computes() -> None:
    address = "https://models.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC.bin"
    query = {"partNumber": "7", "uploadId": "x+/=~"}
    request = AWSRequest("PUT", address, params=query)
    who = Credentials("key", "secret", "token/+")
    S3SigV4QueryAuth(who, "s3", "eu-west-1", expires=60).add_auth(request)
    theirs = parse_qs(urlsplit(request.url).query)
    ours = sign_url(
        "PUT",
        address,
        query,
        access=Access("key", "secret", "token/+", "eu-west-1"),
        seconds=60,
        at=datetime.strptime(theirs["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
    )
    assert parse_qs(urlsplit(ours).query) == theirs
