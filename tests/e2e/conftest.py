"""Homes for whole platforms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.postgres import reachable_folder


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that does not exist yet, where PostgreSQL's account can reach it."""
    with reachable_folder() as folder:
        yield folder / "home"
