"""Generated files are what `make gen` writes now."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.generate import ROOT, declared_routes, generated, unconnected_platform

FILES = generated()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_generated_file_is_up_to_date(path: Path) -> None:
    assert path.exists(), "run make gen"
    assert path.read_text() == FILES[path], f"{path.relative_to(ROOT)} is old; run make gen"


def test_no_address_is_declared_twice() -> None:
    addresses = [row[:2] for row in declared_routes(unconnected_platform())]
    assert len(addresses) == len(set(addresses))
