"""kill -9 of anybody at any time: the next start recovers, and no acknowledged row is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.support.postgres_clients import Client, kill, server_processes, wait_for

from maestro_ml.server.kernel.postgres import LocalPostgres
from maestro_ml.server.kernel.postgres.account import service_account
from maestro_ml.server.kernel.postgres.layout import Layout
from maestro_ml.server.kernel.postgres.processes import find_postmaster

pytestmark = pytest.mark.chaos
StartClient = Callable[[Path, str], Client]


def stored(postgres: LocalPostgres) -> set[int]:
    with psycopg.connect(postgres.dsn("app", "app_owner")) as connection:
        return {row[0] for row in connection.execute("SELECT number FROM acknowledged")}


def postmaster(root: Path) -> psutil.Process:
    pid_file = Layout(root.resolve()).data / "postmaster.pid"
    return psutil.Process(int(pid_file.read_text().split()[0]))


def has_new_postmaster(root: Path, killed: int) -> bool:
    found = find_postmaster(root / "cluster" / "data", Layout(root.resolve()).name)
    return found is not None and found.pid != killed


def acknowledge(writer: Client, count: int) -> set[int]:
    return {int(writer.line()) for _ in range(count)}


def test_a_killed_client_leaves_the_server_to_the_others(root: Path, client: StartClient) -> None:
    first = client(root, "hold")
    assert first.line() == "started"
    postgres = LocalPostgres(root).start()
    first.kill()
    assert postgres.ready()
    assert postgres.stop()
    assert server_processes(root) == []


def test_a_server_left_by_its_killed_only_client_is_taken_over(
    root: Path, client: StartClient
) -> None:
    only = client(root, "hold")
    assert only.line() == "started"
    only.kill()
    before = postmaster(root).pid
    with LocalPostgres(root) as postgres:
        assert postgres.ready()
        assert postmaster(root).pid == before
    assert server_processes(root) == []


def test_the_postmaster_dies_under_load(root: Path, client: StartClient) -> None:
    writer = client(root, "write")
    assert writer.line() == "started"
    acknowledged: set[int] = set()
    with LocalPostgres(root) as postgres:
        for _ in range(3):
            acknowledged |= acknowledge(writer, 100)
            killed = postmaster(root).pid
            postmaster(root).kill()
            wait_for(partial(has_new_postmaster, root, killed))
            wait_for(postgres.ready)
            acknowledged |= acknowledge(writer, 100)  # the writer recovered the server itself
        postmaster(root).kill()
        acknowledged |= {int(number) for number in writer.kill()}
        postgres.restart_if_dead()  # whatever the writer left half-way
        assert acknowledged <= stored(postgres)


def test_a_running_client_brings_a_dead_server_back(postgres: LocalPostgres, root: Path) -> None:
    dsn = postgres.ensure_database("app", "app_owner")
    kill(server_processes(root))
    wait_for(lambda: not postgres.ready())
    assert postgres.restart_if_dead()
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_everything_dies_under_load(root: Path, client: StartClient) -> None:
    writer = client(root, "write")
    assert writer.line() == "started"
    acknowledged = acknowledge(writer, 300)
    kill([psutil.Process(writer.process.pid), *server_processes(root)])
    acknowledged |= {int(number) for number in writer.finish()}
    with LocalPostgres(root) as postgres:
        assert acknowledged <= stored(postgres)


def test_a_busy_orphan_of_a_killed_postmaster_is_ended(root: Path) -> None:
    postgres = LocalPostgres(root).start()
    dsn = postgres.ensure_database("app", "app_owner")
    connection = psycopg.connect(dsn)
    backend = connection.info.backend_pid
    psutil.Process(backend).suspend()  # it cannot notice that its postmaster is gone
    postmaster(root).kill()
    wait_for(lambda: not postgres.ready())
    assert postgres.restart_if_dead()
    assert is_gone(backend)
    connection.close()
    assert postgres.stop()


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def stranger(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A living process of the account that PostgreSQL runs as, but not PostgreSQL."""
    account = service_account(root / "cluster")
    user = {"user": account.uid} if account else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **user) as process:  # type: ignore[call-overload]
        yield process
        process.kill()


def crash_naming(root: Path, pid: int) -> None:
    """Leave what a crash leaves, with the pid file naming a pid that is in use again."""
    LocalPostgres(root).start()
    pid_file = Layout(root.resolve()).data / "postmaster.pid"
    socket_lock = Layout(root.resolve()).socket_folder / ".s.PGSQL.5432.lock"
    kill(server_processes(root))
    wait_for(lambda: not server_processes(root))
    for file in (pid_file, socket_lock):
        file.write_text("\n".join([str(pid), *file.read_text().splitlines()[1:]]) + "\n")


def test_a_pid_file_that_names_a_strangers_pid(
    root: Path, stranger: subprocess.Popen[bytes]
) -> None:
    crash_naming(root, stranger.pid)
    with LocalPostgres(root) as postgres:
        assert postgres.ready()
    assert stranger.poll() is None


def test_a_pid_file_that_names_a_zombie(root: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as zombie:
        wait_for(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE)
        crash_naming(root, zombie.pid)
        with LocalPostgres(root) as postgres:
            assert postgres.ready()


@pytest.mark.parametrize("initdb_too", [True, False])
def test_the_first_start_is_killed_half_way(
    empty_root: Path, client: StartClient, initdb_too: bool
) -> None:
    first = client(empty_root, "hold")
    wait_for((empty_root / "cluster" / "data.new" / "base").exists)
    children = psutil.Process(first.process.pid).children(recursive=True)
    first.kill()
    if initdb_too:
        kill(children)
    assert not (empty_root / "cluster" / "data").exists()
    with LocalPostgres(empty_root) as postgres:
        assert postgres.ready()
    assert not (empty_root / "cluster" / "data.new").exists()
