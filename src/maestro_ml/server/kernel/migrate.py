"""Brings a database to the schema of this version, one process at a time."""

from __future__ import annotations

from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

import maestro_ml.migrations
from maestro_ml.server.kernel.db import to_asyncpg_dsn

log = structlog.get_logger()
OLDEST_SERVER = 15
# Any constant will do: it keeps two starting servers from migrating at the same time.
_LOCK = 7_105_115_116_114_111


class DatabaseUnsuitable(Exception):
    """The database cannot carry this version; the message says what to change."""


def migration_config() -> Config:
    """Alembic's configuration for the history inside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(maestro_ml.migrations.__path__[0])))
    return config


def migrate(url: str) -> None:
    """Upgrade the database at `url`, whose user owns it or may create roles and tables in it.

    Raises DatabaseUnsuitable for a server older than PostgreSQL 15 or a schema newer than this version.
    """
    engine = create_engine(
        to_asyncpg_dsn(url).replace("postgresql", "postgresql+psycopg", 1), poolclass=NullPool
    )
    with engine.connect() as connection:
        _check_server(connection)
        config = migration_config()
        newest = ScriptDirectory.from_config(config).get_current_head()
        current = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
        if current == newest:
            return
        _check_known(config, current)
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        log.info("database.migrating", current=current, newest=newest)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        connection.commit()
    engine.dispose()


def _check_server(connection: Connection) -> None:
    version = connection.execute(text("SHOW server_version_num")).scalar_one()
    if int(version) < OLDEST_SERVER * 10_000:
        raise DatabaseUnsuitable(
            f"PostgreSQL {int(version) // 10_000} is too old: version {OLDEST_SERVER} or newer is "
            "needed. Upgrade the server or point MAESTRO_DATABASE_URL at a newer one."
        )


def _check_known(config: Config, current: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseUnsuitable(
            f"The database has the schema {current} of a newer version of Maestro. Start that "
            "version, or restore a backup made with this one."
        )
