"""Files and functions stay small enough to be read at once."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "src").rglob("*.py"))
# A migration is one statement after another, and most of it is SQL.
FUNCTIONS = [path for path in FILES if "migrations" not in path.parts]
LONGEST_FILE = 500
LONG_FILE = 300
TYPICAL_FILE = 90
LONGEST_FUNCTION = 40


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_files_are_short() -> None:
    sizes = {path: lines(path) for path in FILES}
    assert not {str(path): size for path, size in sizes.items() if size > LONGEST_FILE}
    long = [str(path.relative_to(ROOT)) for path, size in sizes.items() if size > LONG_FILE]
    assert len(long) <= 0.05 * len(FILES), long
    assert statistics.median(sizes.values()) <= TYPICAL_FILE


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_functions_are_short(path: Path) -> None:
    """A docstring does not count: it is what makes the function short to understand."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            told = ast.get_docstring(node) is not None
            documented = (first.end_lineno or 0) - first.lineno + 1 if told else 0
            nested = sum(
                (inner.end_lineno or 0) - inner.lineno + 1
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            )
            length = (node.end_lineno or 0) - node.lineno + 1 - documented - nested
            if length > LONGEST_FUNCTION:
                found.append(f"{path.name}:{node.lineno} {node.name} has {length} lines")
    assert not found
