"""The way to the server: one HTTP client with retries, typed answers and streams."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, overload
from uuid import uuid4

import httpx
from pydantic import BaseModel

from maestro_ml.sdk.bearer import Bearer
from maestro_ml.sdk.problems import api_error, no_answer
from maestro_ml.sdk.retries import Retries, is_repeatable
from maestro_ml.sdk.streams import Progress, Upload, opened, save
from maestro_ml.sdk.wire import Answer, Params, is_on_this_machine, parse, to_json, to_query
from maestro_ml.version import __version__

_CONNECT_SECONDS = 5.0
_WORK_SECONDS = 3600.0
"""How long the server may work on an upload, once it has all of it, before it answers."""


class Transport:
    """Sends requests and returns contracts; every failure is a MaestroError.

    Connection errors and 408, 429, 502, 503, 504 are tried again with growing waits, obeying
    `Retry-After`. A POST carries one `Idempotency-Key` over all its attempts, so that a lost answer
    never makes a thing twice; what cannot be repeated safely is sent again only if the server has
    certainly not worked on it. Safe to share between threads.
    """

    def __init__(self, url: str, api_key: str | None, *, timeout: float, max_retries: int) -> None:
        self.url = url
        self.bearer = Bearer(url, api_key)
        self._retries = Retries(max_retries)
        self._timeout = httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS))
        self._http = httpx.Client(
            auth=self.bearer,
            timeout=self._timeout,
            headers={"User-Agent": f"maestro-ml/{__version__} python/{platform.python_version()}"},
            trust_env=not is_on_this_machine(url),  # a proxy cannot reach this machine's loopback
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    @overload
    def request(
        self,
        method: str,
        path: str,
        *,
        body: BaseModel | bytes | None = ...,
        params: Params | None = ...,
        idempotent: bool = ...,
    ) -> None: ...

    @overload
    def request(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        *,
        body: BaseModel | bytes | None = ...,
        params: Params | None = ...,
        idempotent: bool = ...,
        accept: Sequence[int] = ...,
    ) -> Answer: ...

    def request(
        self,
        method: str,
        path: str,
        answer: type[Answer] | None = None,
        *,
        body: BaseModel | bytes | None = None,
        params: Params | None = None,
        idempotent: bool = True,
        accept: Sequence[int] = (),
    ) -> Answer | None:
        """Send `body` as JSON (bytes are JSON already) and return the answer as `answer`.

        `idempotent=False` is for a POST that the server does not recognise when it comes again;
        `accept` adds statuses to 2xx.
        """
        content = to_json(body) if isinstance(body, BaseModel) else body
        media_type = None if body is None else "application/json"
        headers = _headers(method, media_type, idempotent=idempotent)
        request = self._build(method, path, params=params, content=content, headers=headers)
        response = self._send(request, accept=accept)
        return None if answer is None else parse(response, answer)

    def upload(
        self,
        method: str,
        path: str,
        source: Path | BinaryIO,
        answer: type[Answer],
        *,
        params: Params | None = None,
        media_type: str = "application/octet-stream",
        idempotent: bool = True,
        progress: Progress | None = None,
    ) -> Answer:
        """Stream a file as the request's body; tried again only if it can be read again."""
        patient = httpx.Timeout(
            self._timeout.write, connect=self._timeout.connect, read=_WORK_SECONDS
        )
        headers = _headers(method, media_type, idempotent=idempotent)
        with opened(source) as file:
            body = Upload(file, progress)
            if body.size is not None:
                headers["Content-Length"] = str(body.size)
            request = self._build(
                method, path, params=params, content=body, headers=headers, timeout=patient
            )
            return parse(self._send(request, upload=body), answer)

    def download(
        self,
        path: str,
        target: Path,
        *,
        params: Params | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Stream an answer into the file `target`, which appears whole or not at all."""
        attempt = 0
        while True:
            try:
                with self._stream(path, params, self._timeout) as response:
                    return save(response, target, progress)
            except httpx.TransportError as error:
                self._pause(attempt, error, repeatable=True)
            attempt += 1

    def lines(self, path: str, *, params: Params | None = None) -> Iterator[str]:
        """The lines of an answer as they come; the server may be silent between two of them."""
        patient = httpx.Timeout(self._timeout.connect, read=None)
        try:
            with self._stream(path, params, patient) as response:
                yield from response.iter_lines()
        except httpx.TransportError as error:
            raise no_answer(error, self.url) from error

    def header(self, path: str, name: str) -> str | None:
        """One header of the answer to a GET of `path`."""
        value: str | None = self._send(self._build("GET", path)).headers.get(name)
        return value

    @contextmanager
    def _stream(
        self, path: str, params: Params | None, timeout: httpx.Timeout
    ) -> Iterator[httpx.Response]:
        request = self._build("GET", path, params=params, timeout=timeout)
        response = self._send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    def _build(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | Upload | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout | None = None,
    ) -> httpx.Request:
        return self._http.build_request(
            method,
            self.url + path,
            params=to_query(params or {}),
            content=content,
            headers={"Accept": "application/json", **(headers or {})},
            timeout=timeout or self._timeout,
        )

    def _send(
        self,
        request: httpx.Request,
        *,
        stream: bool = False,
        upload: Upload | None = None,
        accept: Sequence[int] = (),
    ) -> httpx.Response:
        """The successful (or accepted) answer to `request`, after as many attempts as it takes."""
        attempt = 0
        while True:
            outcome = self._attempt(request, stream=stream)
            if isinstance(outcome, httpx.Response):
                if outcome.is_success or outcome.status_code in accept:
                    return outcome
                outcome.read()
                outcome.close()
            if upload is not None and not upload.can_restart:
                attempt = self._retries.limit
            self._pause(attempt, outcome, repeatable=is_repeatable(request))
            attempt += 1

    def _attempt(
        self, request: httpx.Request, *, stream: bool
    ) -> httpx.Response | httpx.TransportError:
        try:
            return self._http.send(request, stream=stream)
        except httpx.TransportError as error:
            return error

    def _pause(
        self, attempt: int, outcome: httpx.Response | httpx.TransportError, *, repeatable: bool
    ) -> None:
        """Wait before the next attempt, or raise what `outcome` means if there is none."""
        wait = self._retries.wait(attempt, outcome, repeatable=repeatable)
        if wait is not None:
            time.sleep(wait)
        elif isinstance(outcome, httpx.Response):
            raise api_error(outcome)
        else:
            raise no_answer(outcome, self.url) from outcome


def _headers(method: str, media_type: str | None, *, idempotent: bool) -> dict[str, str]:
    headers = {} if media_type is None else {"Content-Type": media_type}
    if method == "POST" and idempotent:
        headers["Idempotency-Key"] = str(uuid4())
    return headers
