"""Brings a database to the schema of this version, one process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import structlog

import maestro_ml.migrations
from maestro_ml.server.kernel.dsn import plain_dsn

log = structlog.get_logger()
OLDEST_SERVER = 15
# Any constant will do: it keeps two starting servers from migrating at the same time.
_LOCK = 7_105_115_116_114_111
_URL = "MAESTRO_MIGRATION_URL"


class DatabaseUnsuitable(Exception):
    """The database cannot carry this version; the message says what to change."""


def migrations_folder() -> Path:
    """Where the history lies inside the package."""
    return Path(maestro_ml.migrations.__path__[0])


def revisions() -> list[str]:
    """Every revision of this version, oldest first; a file's name begins with its revision."""
    return sorted(path.name[:4] for path in migrations_folder().glob("versions/[0-9]*.py"))


def migrate(url: str) -> None:
    """Upgrade the database at `url`, whose user owns it or may create roles and tables in it.

    Raises DatabaseUnsuitable for a server that is away, older than PostgreSQL 15, or holds a schema
    newer than this version.
    """
    try:
        with psycopg.connect(plain_dsn(url), autocommit=True, connect_timeout=10) as connection:
            _check_server(connection)
            if _current(connection) == revisions()[-1]:
                return
            connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            current = _current(connection)
            _check_known(current)
            if current != revisions()[-1]:
                log.info("database.migrating", current=current, newest=revisions()[-1])
                _upgrade(url)
    except psycopg.OperationalError as error:
        raise DatabaseUnsuitable(
            f"The database does not accept connections: {str(error).strip()}. Check that it runs and "
            "that MAESTRO_DATABASE_URL names it rightly."
        ) from error


def _upgrade(url: str) -> None:
    """Run Alembic in a process of its own: it is heavy, and a supervisor lives long after it."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", __spec__.name],
        env={**os.environ, _URL: plain_dsn(url)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DatabaseUnsuitable(
            f"The schema could not be brought up to date; nothing was changed:\n{done.stderr[-3000:]}"
        )


def _run_alembic(url: str) -> None:
    from alembic import command  # noqa: PLC0415 - in the process of its own alone
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    engine = create_engine(url.replace("postgresql", "postgresql+psycopg", 1), poolclass=NullPool)
    # One transaction for all migrations: a failure leaves the schema that was there.
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _current(connection: psycopg.Connection) -> str | None:
    table = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if table is None or table[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _check_server(connection: psycopg.Connection) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_SERVER:
        raise DatabaseUnsuitable(
            f"PostgreSQL {version} is too old: version {OLDEST_SERVER} or newer is needed. Upgrade "
            "the server, or point MAESTRO_DATABASE_URL at a newer one."
        )


def _check_known(current: str | None) -> None:
    if current is not None and current not in revisions():
        raise DatabaseUnsuitable(
            f"The database has the schema {current} of a newer version of Maestro. Start that "
            "version, or restore a backup made with this one."
        )


if __name__ == "__main__":
    _run_alembic(os.environ[_URL])
