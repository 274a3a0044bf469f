"""Start, attach, leave: who starts the server, who ends it, and that nobody does so twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psycopg
import pytest
from tests.support.postgres_clients import Client, environment_for_all, server_processes

from maestro_ml.server.kernel.postgres import (
    LocalPostgres,
    NotStartedError,
    PasswordMissingError,
    SocketFolderError,
)
from maestro_ml.server.kernel.postgres.layout import TEMPORARY, Layout

StartClient = Callable[[Path, str], Client]


def test_a_stopped_server_keeps_its_data_for_the_next_start(empty_root: Path) -> None:
    with LocalPostgres(empty_root) as first:
        dsn = first.ensure_database("app", "app_owner")
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert server_processes(empty_root) == []
    assert not first.ready()
    with LocalPostgres(empty_root) as second, psycopg.connect(dsn) as connection:
        assert second.ready()
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


async def test_the_dsn_serves_asyncpg(postgres: LocalPostgres) -> None:
    connection = await asyncpg.connect(postgres.ensure_database("app", "app_owner"))
    assert await connection.fetchval("SELECT current_user::text") == "app_owner"
    await connection.close()


def test_start_is_idempotent_and_stop_too(root: Path) -> None:
    postgres = LocalPostgres(root).start().start()
    assert not postgres.restart_if_dead()
    assert postgres.stop()
    assert not postgres.stop()
    assert server_processes(root) == []


def test_the_last_of_two_processes_ends_the_server(root: Path, client: StartClient) -> None:
    other = client(root, "hold")
    assert other.line() == "started"
    postgres = LocalPostgres(root).start()
    assert other.finish() == ["False"]
    assert postgres.ready()
    assert postgres.stop()
    assert server_processes(root) == []


def test_four_processes_at_once_share_one_server(empty_root: Path, client: StartClient) -> None:
    clients = [client(empty_root, "hold") for _ in range(4)]
    assert [one.line() for one in clients] == ["started"] * 4
    postmasters = [
        p for p in server_processes(empty_root) if p.cmdline()[0].endswith("bin/postgres")
    ]
    assert len(postmasters) == 1
    assert sorted(one.finish()[0] for one in clients) == ["False", "False", "False", "True"]
    assert server_processes(empty_root) == []


def test_a_forked_child_does_not_end_its_parents_server(root: Path, client: StartClient) -> None:
    forking = client(root, "fork")
    assert forking.line() == "started"
    assert forking.finish() == ["True", "True"]


def test_what_needs_the_server_says_so_before_start(empty_root: Path) -> None:
    postgres = LocalPostgres(empty_root)
    assert not postgres.ready()
    with pytest.raises(NotStartedError, match=r"start\(\)"):
        postgres.dsn("app")
    assert not empty_root.exists()


def test_a_lost_password_file_is_named(postgres: LocalPostgres, root: Path) -> None:
    (root / "passwords" / "postgres").unlink()
    with pytest.raises(PasswordMissingError, match="passwords/postgres"):
        postgres.ensure_database("app", "app_owner")


@environment_for_all
def test_odd_and_long_paths_work_with_a_socket_elsewhere(empty_root: Path) -> None:
    odd = empty_root / 'it\'s "my", $HOME `folder`' / ("long" * 30)
    with LocalPostgres(odd) as postgres:
        folder = Layout(odd.resolve()).socket_folder
        assert folder.parent == TEMPORARY
        assert folder.stat().st_mode & 0o777 == 0o700
        with psycopg.connect(postgres.ensure_database("app", "app_owner")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not folder.exists()


def test_a_socket_folder_that_others_may_enter_is_refused(empty_root: Path) -> None:
    long = empty_root / ("long" * 30)
    folder = Layout(long.resolve()).socket_folder
    folder.mkdir()
    folder.chmod(0o755)
    try:
        with pytest.raises(SocketFolderError, match="other users may enter"):
            LocalPostgres(long).start()
    finally:
        folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make a folder of another user")
def test_a_socket_folder_of_somebody_else_is_refused(empty_root: Path) -> None:
    long = empty_root / ("long" * 30)
    folder = Layout(long.resolve()).socket_folder
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)
    try:
        with pytest.raises(SocketFolderError, match="uid 12345"):
            LocalPostgres(long).start()
    finally:
        folder.rmdir()
