"""A real PostgreSQL for tests: one server a session, databases copied from a template."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from maestro_ml.server.kernel.postgres import LocalPostgres

# A test's data need not survive a power cut; it still survives the death of any process.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


MEMORY = Path("/dev/shm")


def quick_place() -> Path:
    """Memory where there is plenty, since a busy disk makes every fsync wait; else the disk."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2**30:
        return MEMORY
    return Path(tempfile.gettempdir())


@contextmanager
def reachable_folder(parent: Path | None = None) -> Iterator[Path]:
    """A new folder that PostgreSQL's account can pass through when the tests run as root.

    pytest's `tmp_path` lies in a folder of mode 0700, closed to every account but ours.
    """
    folder = Path(tempfile.mkdtemp(prefix="maestro-test-", dir=parent or quick_place()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def session_server() -> Iterator[LocalPostgres]:
    """The one server of this test run, shared by the workers of pytest-xdist."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8)
    folder = quick_place() / f"maestro-tests-{os.geteuid()}-{run}"
    folder.mkdir(mode=0o711, exist_ok=True)
    server = LocalPostgres(folder / "pg", parameters=UNSAFE_BUT_FAST).start()
    try:
        yield server
    finally:
        if server.stop():
            shutil.rmtree(folder)


@contextmanager
def copied_database(server: LocalPostgres, template: str, owner: str) -> Iterator[str]:
    """A copy of the template database (nobody may be connected to it), dropped at the end.

    Yields its name; `server.dsn(name, role)` is the way in.
    """
    name = f"test_{secrets.token_hex(8)}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(copy.format(*map(sql.Identifier, (name, template, owner))))
    try:
        yield name
    finally:
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(drop.format(sql.Identifier(name)))
