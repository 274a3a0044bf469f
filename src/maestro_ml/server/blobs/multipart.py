"""Uploads in parts that clients send to S3 itself: the server signs addresses and puts parts together.

The object store's library signs whole objects alone; a part's address needs a signature over its
number, so that is made here (AWS Signature Version 4, in the query).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

import httpx
import obstore
from obstore.store import ObjectStore, S3Store

from maestro_ml.server.blobs.errors import BlobsUnavailable, MultipartInvalid
from maestro_ml.server.blobs.keys import BlobKey
from maestro_ml.server.kernel.clock import now

_SECONDS = 300
_UPLOAD_ID = re.compile(r"<UploadId>([^<]+)</UploadId>")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that has arrived, as S3 calls it."""

    number: int
    etag: str


class MultipartUploads:
    """The uploads of one store, signed with the access key that its own requests use."""

    def __init__(self, store: S3Store, secret: str, token: str | None) -> None:
        self._store = store
        self._secret = secret
        self._token = token

    async def create(self, key: BlobKey) -> str:
        """Begin an upload; its id. Nothing is visible under `key` before `complete`."""
        answer = await self._ask("POST", self._url("POST", key, {"uploads": ""}))
        found = _UPLOAD_ID.search(answer)
        if found is None:
            raise BlobsUnavailable("The object store gave no id for the upload. Try again.")
        return found[1]

    def part_url(self, key: BlobKey, upload_id: str, number: int, *, seconds: int) -> str:
        """Where a client may PUT the part `number`, which counts from 1."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        return self._url("PUT", key, query, seconds=seconds)

    async def complete(self, key: BlobKey, upload_id: str, parts: Iterable[Part]) -> None:
        """Put the parts together under `key`. Raises MultipartInvalid."""
        listed = "".join(
            f"<Part><PartNumber>{part.number}</PartNumber><ETag>{escape(part.etag)}</ETag></Part>"
            for part in sorted(parts, key=lambda part: part.number)
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
        answer = await self._ask("POST", self._url("POST", key, {"uploadId": upload_id}), body)
        if "CompleteMultipartUploadResult" not in answer:  # S3 tells of failures with 200, too
            raise MultipartInvalid("The object store did not put the parts together. Upload again.")

    async def abort(self, key: BlobKey, upload_id: str) -> None:
        """Give up an upload and free its parts; one that is not there is given up already."""
        try:
            await self._ask("DELETE", self._url("DELETE", key, {"uploadId": upload_id}))
        except MultipartInvalid:
            return

    async def _ask(self, method: str, url: str, body: str = "") -> str:
        try:
            async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
                answer = await client.request(method, url, content=body)
        except httpx.HTTPError as error:
            raise BlobsUnavailable(
                f"The object store does not answer ({error}). Try again in a moment."
            ) from error
        if answer.status_code >= 500:
            raise BlobsUnavailable("The object store failed. Try again in a moment.")
        if not answer.is_success:
            raise MultipartInvalid(
                f"The object store refused the upload ({answer.status_code}). Begin it again."
            )
        return answer.text

    def _url(
        self, method: str, key: BlobKey, query: Mapping[str, str], *, seconds: int = _SECONDS
    ) -> str:
        # Where the object is, in which region, and under whose name: the store's own signature says it.
        whole = urlsplit(obstore.sign(self._store, "GET", key, timedelta(seconds=60)))
        access_key, _, region, *_ = parse_qs(whole.query)["X-Amz-Credential"][0].split("/")
        return sign_url(
            method,
            f"{whole.scheme}://{whole.netloc}{whole.path}",
            query,
            access=Access(access_key, self._secret, self._token, region),
            seconds=seconds,
            at=now(),
        )


@dataclass(frozen=True, slots=True)
class Access:
    """Who signs, and for which region."""

    key: str
    secret: str
    token: str | None
    region: str


def sign_url(
    method: str,
    address: str,
    query: Mapping[str, str],
    *,
    access: Access,
    seconds: int,
    at: datetime,
) -> str:
    """`address` with `query` and a signature that holds for `seconds` from `at` on."""
    parts = urlsplit(address)
    scope = f"{at:%Y%m%d}/{access.region}/s3/aws4_request"
    signed = {
        **query,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{access.key}/{scope}",
        "X-Amz-Date": f"{at:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
        **({"X-Amz-Security-Token": access.token} if access.token else {}),
    }
    text = "&".join(f"{_quote(name)}={_quote(value)}" for name, value in sorted(signed.items()))
    request = "\n".join(
        [method, parts.path, text, f"host:{parts.netloc}\n", "host", "UNSIGNED-PAYLOAD"]
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    told = "\n".join(["AWS4-HMAC-SHA256", signed["X-Amz-Date"], scope, digest])
    key = f"AWS4{access.secret}".encode()
    for step in scope.split("/"):
        key = hmac.digest(key, step.encode(), "sha256")
    return f"{address}?{text}&X-Amz-Signature={hmac.new(key, told.encode(), 'sha256').hexdigest()}"


def _quote(text: str) -> str:
    return quote(text, safe="-_.~")


def multipart_uploads(
    store: ObjectStore, environment: Mapping[str, str]
) -> MultipartUploads | None:
    """The uploads of `store` if it is S3 and its secret key is known here."""
    secret = environment.get("AWS_SECRET_ACCESS_KEY")
    if not isinstance(store, S3Store) or not secret or not environment.get("AWS_ACCESS_KEY_ID"):
        return None
    return MultipartUploads(store, secret, environment.get("AWS_SESSION_TOKEN"))
