"""One run in a temporary file, as the server takes it, so that memory holds a few points at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from maestro_ml.contracts.imports import MAX_SERIES_POINTS, RunImport
from maestro_ml.contracts.tracking import spell_number

Point = tuple[int, int, float]
"""Step, time in milliseconds since 1970, value."""


@dataclass
class Spool:
    """The lines of a run; `points` counts those that were added."""

    file: BinaryIO
    points: int = 0
    _keys: set[str] = field(default_factory=set)

    @property
    def metrics(self) -> int:
        """How many metrics have points."""
        return len(self._keys)

    def add(self, key: str, points: Iterable[Point]) -> None:
        """Append points of a metric."""
        part: list[Point] = []
        for point in points:
            part.append(point)
            if len(part) == MAX_SERIES_POINTS:
                self._write(key, part)
                part = []
        if part:
            self._write(key, part)

    def _write(self, key: str, part: list[Point]) -> None:
        steps, timestamps, values = zip(*part, strict=True)
        line = {
            "key": key,
            "steps": steps,
            "timestamps": timestamps,
            "values": [*map(spell_number, values)],
        }
        self.file.write(json.dumps(line).encode() + b"\n")
        self.points += len(part)
        self._keys.add(key)


@contextmanager
def spooled(run: RunImport) -> Iterator[Spool]:
    """A file that begins with `run` and is gone after the block."""
    with tempfile.TemporaryFile(prefix="maestro-import-") as file:
        file.write(run.model_dump_json().encode() + b"\n")
        yield Spool(file)
