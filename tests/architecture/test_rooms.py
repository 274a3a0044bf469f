"""Who may import, commit and cross tenants: the rules that import-linter cannot express."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[2] / "src" / "maestro_ml" / "server"
DOMAINS = {
    path.name
    for path in SERVER.iterdir()
    if path.is_dir() and path.name not in {"kernel", "__pycache__"}
}
ROOM_FILES = sorted(path for domain in DOMAINS for path in (SERVER / domain).rglob("*.py"))
ALL_FILES = sorted(SERVER.rglob("*.py"))

# Where cross-tenant work is legitimate: a tenant is not known yet, or an operator acts.
MAY_CROSS_TENANTS = {
    "admin.py",
    "audit/sealing.py",
    "audit/service.py",
    "identity/accounts.py",
    "identity/authenticator.py",
    "identity/basic.py",
    "identity/sessions.py",
    "identity/tenants.py",
    "identity/users.py",
    "jobs/queue_status.py",
    "jobs/worker/upkeep.py",
    "kernel/db/unit_of_work.py",
    "tracking/compaction.py",
}
MAY_COMMIT = {"kernel/db/unit_of_work.py", "kernel/migrate.py"}
SQL_WORDS = re.compile(
    r"\b(SELECT\s.+\bFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL
)


def name(path: Path) -> str:
    return str(path.relative_to(SERVER))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def calls(path: Path, attribute: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == attribute
        for node in ast.walk(ast.parse(path.read_text()))
    )


@pytest.mark.parametrize("path", ROOM_FILES, ids=name)
def test_a_domain_is_imported_by_its_facade_alone(path: Path) -> None:
    own = path.relative_to(SERVER).parts[0]
    inside = [
        module
        for module in imported(path)
        if (parts := module.split("."))[:2] == ["maestro_ml", "server"]
        and len(parts) > 3
        and parts[2] in DOMAINS - {own}
    ]
    assert not inside, f"import the facade instead: {inside}"


@pytest.mark.parametrize("path", ALL_FILES, ids=name)
def test_only_units_of_work_commit(path: Path) -> None:
    assert name(path) in MAY_COMMIT or not calls(path, "rollback")
    if name(path) not in MAY_COMMIT:
        text = path.read_text()
        assert "session.commit(" not in text
        assert "connection.commit(" not in text


@pytest.mark.parametrize("path", ALL_FILES, ids=name)
def test_only_listed_files_cross_tenants(path: Path) -> None:
    if name(path) not in MAY_CROSS_TENANTS:
        text = path.read_text()
        assert "units.system(" not in text
        assert ".elevated(" not in text
        assert "system=True" not in text


def test_the_list_of_files_that_cross_tenants_is_not_longer_than_needed() -> None:
    for entry in MAY_CROSS_TENANTS:
        text = (SERVER / entry).read_text()
        assert "system(" in text or "elevated(" in text


@pytest.mark.parametrize("path", ROOM_FILES, ids=name)
def test_sql_stands_in_repositories(path: Path) -> None:
    parts = path.relative_to(SERVER).parts
    if any(part.startswith("repository") for part in parts):
        return
    strings = [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [text for text in strings if SQL_WORDS.search(text)]
    assert not {"select", "insert", "update", "delete"} & {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
        for alias in node.names
    }
