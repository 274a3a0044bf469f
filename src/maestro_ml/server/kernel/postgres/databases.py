"""The application's database and its owner: a role that may do everything in it, and no more."""

from __future__ import annotations

import re

import psycopg
from psycopg import sql

from .errors import DatabaseError, InvalidNameError

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
SETUP_LOCK = 0x6D616573  # advisory: processes that set up at once do it one after the other


def check_name(name: str) -> str:
    """Raises `InvalidNameError`; the names also become file names."""
    if not NAME.fullmatch(name):
        raise InvalidNameError(name)
    return name


def ensure_database(superuser_dsn: str, database: str, owner: str, password: str) -> None:
    """Create the login role and its database, or bring an existing role in line.

    The owner is no superuser; CREATEROLE lets its migrations create the application's role.
    Raises `DatabaseError`.
    """
    try:
        with psycopg.connect(superuser_dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [SETUP_LOCK])
            _ensure_role(connection, owner, password)
            _ensure_owned(connection, database, owner)
    except psycopg.Error as error:
        raise DatabaseError(
            f"the database {database!r} could not be set up: {error}".strip()
        ) from error


def _ensure_role(connection: psycopg.Connection, owner: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner]).fetchone()
    # Hashed here, so that the server's log never holds the password itself.
    secret = connection.pgconn.encrypt_password(password.encode(), owner.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER CREATEROLE NOCREATEDB PASSWORD {}").format(
            sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(owner), secret.decode()
        )
    )


def _ensure_owned(connection: psycopg.Connection, database: str, owner: str) -> None:
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    names = sql.Identifier(database), sql.Identifier(owner)
    if row is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
    elif row[0] != owner:
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*names))
