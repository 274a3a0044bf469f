"""Uploads, downloads and followed lines, against a real socket."""

from __future__ import annotations

import io
import os
import queue
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from tests.sdk.loopback import Loopback, content, hang_up, problem, reply, truncated

from maestro_ml.contracts.health import About
from maestro_ml.sdk import errors
from maestro_ml.sdk.streams import CHUNK
from maestro_ml.sdk.transport import Transport

ABOUT = {"name": "maestro-ml", "version": "0.1.0", "status": "ok"}
DATA = os.urandom(3 * CHUNK + 17)


def test_a_file_is_uploaded_with_its_length_and_progress(
    server: Loopback, transport: Transport, tmp_path: Path
) -> None:
    source = tmp_path / "data.bin"
    source.write_bytes(DATA)
    steps: list[tuple[int, int | None]] = []
    server.script(reply(ABOUT))
    transport.upload(
        "POST", "/up", source, About, progress=lambda done, total: steps.append((done, total))
    )
    assert server.seen[0].body == DATA
    assert server.seen[0].headers["Content-Length"] == str(len(DATA))
    assert steps[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_an_upload_starts_where_the_file_stands_and_is_sent_again_from_there(
    server: Loopback, transport: Transport
) -> None:
    source = io.BytesIO(DATA)
    source.seek(5)
    server.script(problem(503), hang_up, reply(ABOUT))
    transport.upload("PUT", "/up", source, About)
    assert [seen.body for seen in server.seen] == [DATA[5:]] * 3


def test_a_pipe_is_never_sent_twice(server: Loopback, transport: Transport) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"gone once read")
    os.close(writing)
    server.script(problem(503))
    with os.fdopen(reading, "rb") as pipe, pytest.raises(errors.ServerError):
        transport.upload("PUT", "/up", pipe, About)
    assert [seen.body for seen in server.seen] == [b"gone once read"]
    assert server.seen[0].headers["Transfer-Encoding"] == "chunked"


def test_a_download_reports_progress_and_replaces_the_target(
    server: Loopback, transport: Transport, tmp_path: Path
) -> None:
    target = tmp_path / "model.bin"
    target.write_bytes(b"old")
    steps: list[tuple[int, int | None]] = []
    server.script(content(DATA))
    saved = transport.download(
        "/down", target, progress=lambda done, total: steps.append((done, total))
    )
    assert saved == target
    assert target.read_bytes() == DATA
    assert steps[-1] == (len(DATA), len(DATA))
    assert [*tmp_path.glob(".*.part")] == []


def test_a_truncated_download_starts_over(
    server: Loopback, transport: Transport, tmp_path: Path
) -> None:
    server.script(truncated(DATA[:CHUNK], len(DATA)), content(DATA))
    assert transport.download("/down", tmp_path / "x").read_bytes() == DATA
    assert len(server.seen) == 2


def test_a_download_that_stays_truncated_leaves_nothing(
    server: Loopback, transport: Transport, tmp_path: Path
) -> None:
    target = tmp_path / "folder" / "x"
    target.parent.mkdir()
    server.script(truncated(DATA[:CHUNK], len(DATA)))
    with pytest.raises(errors.ConnectionFailed):
        transport.download("/down", target)
    assert [*target.parent.iterdir()] == []


def test_a_refused_download_leaves_the_old_file(
    server: Loopback, transport: Transport, tmp_path: Path
) -> None:
    target = tmp_path / "x"
    target.write_bytes(b"old")
    server.script(problem(404))
    with pytest.raises(errors.NotFound, match=r"Do the other thing"):
        transport.download("/down", target)
    assert target.read_bytes() == b"old"


def test_lines_arrive_while_the_server_still_writes(server: Loopback, transport: Transport) -> None:
    arrived: queue.Queue[str] = queue.Queue()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        for number in range(3):
            handler.wfile.write(f"line {number}\n".encode())
            assert arrived.get(timeout=5) == f"line {number}"

    server.script(answer)
    lines = []
    for line in transport.lines("/logs"):
        lines.append(line)
        arrived.put(line)
    assert lines == ["line 0", "line 1", "line 2"]
    assert arrived.empty()
