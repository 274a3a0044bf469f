"""The application's database and its owner, dump and restore, and the oldest PostgreSQL we take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from tests.support.postgres import copied_database, reachable_folder, session_server

from maestro_ml.server.kernel.postgres import BackupError, InvalidNameError, LocalPostgres

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def shared() -> Iterator[LocalPostgres]:
    with session_server() as server:
        yield server


def databases(server: LocalPostgres, prefix: str) -> set[str]:
    """The databases of one test: others make theirs in the same server at the same time."""
    listed = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    with psycopg.connect(server.dsn("postgres")) as connection:
        return {row[0] for row in connection.execute(listed, [prefix])}


def test_the_owner_may_migrate_but_is_no_superuser(shared: LocalPostgres) -> None:
    dsn = shared.ensure_database("owned", "some_owner")
    with psycopg.connect(dsn, autocommit=True) as connection:
        rights = "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = %s"
        assert connection.execute(rights, ["some_owner"]).fetchone() == (False, True, False)
        connection.execute("CREATE SCHEMA private CREATE TABLE secret (number int)")
        connection.execute("CREATE ROLE some_app LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA private TO some_app")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("ALTER ROLE some_owner SUPERUSER")


def test_ensuring_again_keeps_the_data_and_a_given_password_wins(shared: LocalPostgres) -> None:
    first = shared.ensure_database("again", "again_owner")
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE kept ()")
    assert shared.ensure_database("again", "again_owner") == first
    chosen = shared.ensure_database("again", "again_owner", "p@ss/w:rd?")
    assert shared.dsn("again", "again_owner") == chosen
    with psycopg.connect(chosen) as connection:
        connection.execute("SELECT FROM kept")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(first)


@pytest.mark.parametrize("name", ["", "A", "a-b", "../x", "a" * 64, 'a"b'])
def test_names_that_would_need_quoting_are_refused(shared: LocalPostgres, name: str) -> None:
    with pytest.raises(InvalidNameError, match="small letters"):
        shared.ensure_database(name, "some_owner")
    with pytest.raises(InvalidNameError, match="small letters"):
        shared.ensure_database("fine", name)


def test_a_dump_restores_what_was_there(shared: LocalPostgres, tmp_path: Path) -> None:
    dsn = shared.ensure_database("saved", "saver")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        shared.dump(tmp_path / "backup.dump", "saved")
        connection.execute("DELETE FROM kept")
        connection.execute("CREATE TABLE later ()")
        shared.restore(tmp_path / "backup.dump", "saved")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT sum(number) FROM kept").fetchone() == (500_500,)
        assert connection.execute("SELECT to_regclass('later')").fetchone() == (None,)
        connection.execute("DROP TABLE kept")  # still the owner's
    assert databases(shared, "saved") == {"saved"}
    assert (tmp_path / "backup.dump").stat().st_mode & 0o777 == 0o600


def test_a_broken_dump_changes_nothing(shared: LocalPostgres, tmp_path: Path) -> None:
    dsn = shared.ensure_database("unharmed", "saver")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
        (tmp_path / "broken.dump").write_bytes(b"PGDMP, or rather not")
        with pytest.raises(BackupError, match="nothing was changed"):
            shared.restore(tmp_path / "broken.dump", "unharmed")
        with pytest.raises(BackupError, match="there is no dump"):
            shared.restore(tmp_path / "missing.dump", "unharmed")
        connection.execute("SELECT FROM kept")
    assert databases(shared, "unharmed") == {"unharmed"}


def test_a_dump_that_fails_leaves_no_file(shared: LocalPostgres, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="does not exist"):
        shared.dump(tmp_path / "backup.dump", "no_such_database")
    with pytest.raises(BackupError, match="choose a writable place"):
        shared.dump(tmp_path / "no" / "folder", "postgres")
    assert list(tmp_path.iterdir()) == []


def test_a_copied_database_has_the_templates_tables(shared: LocalPostgres) -> None:
    with psycopg.connect(shared.ensure_database("stencil", "stencil_owner")) as connection:
        connection.execute("CREATE TABLE drawn ()")
    with (
        copied_database(shared, "stencil", "stencil_owner") as name,
        psycopg.connect(shared.dsn(name, "stencil_owner")) as connection,
    ):
        connection.execute("DROP TABLE drawn")
    assert not databases(shared, name)


def test_text_is_unicode_and_sorts_alike_everywhere(shared: LocalPostgres) -> None:
    check_text(shared)


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="PostgreSQL 15 of Debian is not installed")
def test_postgresql_15_works_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAESTRO_PG_BIN", str(DEBIAN_15))
    with reachable_folder() as folder, LocalPostgres(folder / "pg") as postgres:
        assert postgres.version.startswith("15.")
        check_text(postgres)
        dsn = postgres.ensure_database("app", "app_owner")
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        postgres.dump(tmp_path / "backup.dump", "app")
        postgres.restore(tmp_path / "backup.dump", "app")
        with psycopg.connect(dsn) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def check_text(server: LocalPostgres) -> None:
    words = "SELECT array_agg(w ORDER BY w) FROM unnest(array['é', 'z', 'B', 'a']) w"
    with psycopg.connect(server.dsn("postgres")) as connection:
        assert connection.execute(words).fetchone() == (["B", "a", "z", "é"],)
        assert connection.execute("SELECT upper('é'), lower('Ж')").fetchone() == ("É", "ж")
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
