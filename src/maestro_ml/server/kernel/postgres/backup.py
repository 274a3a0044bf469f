"""Dump a database into one file, and put such a file in a database's place."""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .binaries import Binaries
from .errors import BackupError
from .programs import run_program

EXCHANGE = (
    "ALTER DATABASE {current} RENAME TO {old}",
    "ALTER DATABASE {incoming} RENAME TO {current}",
    "ALTER DATABASE {old} RENAME TO {incoming}",
)


def dump(binaries: Binaries, dsn: str, path: Path) -> None:
    """Write the database of `dsn` to `path`, compressed, as one consistent moment.

    The file appears when it is complete, readable by us alone. Raises `BackupError`.
    """
    path = path.expanduser().absolute()
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        _run(binaries, "pg_dump", dsn, ["--format=custom", f"--file={unfinished}"])
        unfinished.replace(path)
    except OSError as error:
        raise BackupError(f"cannot write {path}: {error}; choose a writable place") from error
    finally:
        unfinished.unlink(missing_ok=True)


def restore(binaries: Binaries, dsn: str, path: Path) -> None:
    """Put the dump in the place of the database of `dsn` (a superuser's), keeping its owner.

    It is read into a database of its own, and swapped in when it is complete: what is there stays
    until then. Then the database's connections are cut. The roles that the dump's rights name must
    exist. Raises `BackupError`.
    """
    path = path.expanduser().absolute()
    if not path.is_file():
        raise BackupError(f"there is no dump {path}: give the path of a file that dump() wrote")
    database = str(conninfo_to_dict(dsn)["dbname"])
    incoming = f"{database[:40]}_restore_{secrets.token_hex(4)}"
    try:
        with psycopg.connect(dsn, dbname="postgres", autocommit=True) as connection:
            try:
                _create_beside(connection, database, incoming)
                new_dsn = make_conninfo(dsn, dbname=incoming)
                _run(binaries, "pg_restore", new_dsn, ["--exit-on-error", path])
                _swap(connection, database, incoming)
            finally:
                _drop(connection, incoming)
    except psycopg.Error as error:
        raise BackupError(f"{path} could not be restored: {error}".strip()) from error


def _run(binaries: Binaries, program: str, dsn: str, options: list[str | Path]) -> None:
    address = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    password = address.pop("password")  # not on a command line, where everybody could read it
    target = make_conninfo("", **address)
    outcome = run_program(
        [binaries.program(program), f"--dbname={target}", *options],
        environment={"PGPASSWORD": password},
    )
    if not outcome.ok:
        raise BackupError(f"{program} failed, nothing was changed:\n{outcome.tail()}")


def _create_beside(connection: psycopg.Connection, database: str, incoming: str) -> None:
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    if row is None:
        raise BackupError(f"there is no database {database!r}: create it with ensure_database()")
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
            sql.Identifier(incoming), sql.Identifier(row[0])
        )
    )


def _swap(connection: psycopg.Connection, database: str, incoming: str) -> None:
    """Exchange the names in one transaction; the old contents are dropped under the other name."""
    names = {
        "current": sql.Identifier(database),
        "incoming": sql.Identifier(incoming),
        "old": sql.Identifier(f"{incoming}_old"),
    }
    allow = sql.SQL("ALTER DATABASE {current} ALLOW_CONNECTIONS {allowed}")
    connection.execute(allow.format(allowed=sql.SQL("false"), **names))  # nobody comes back now
    try:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [database],
        )
        with connection.transaction():
            for step in EXCHANGE:
                connection.execute(sql.SQL(step).format(**names))
    except psycopg.Error:
        connection.execute(allow.format(allowed=sql.SQL("true"), **names))
        raise


def _drop(connection: psycopg.Connection, database: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
    )
