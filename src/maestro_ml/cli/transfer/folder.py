"""A folder of plain files that is being written, each of them hashed as it grows."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

from pydantic import BaseModel

from maestro_ml.contracts.imports import SeriesImport
from maestro_ml.sdk.errors import ConfigurationError

COLUMNS = ("run_id", "metric", "step", "timestamp", "value")
SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
_ROW_GROUP = 100_000


class Points(Protocol):
    """A file that takes points."""

    def write(self, run_id: str, series: SeriesImport) -> None:
        """Append points of a metric."""

    def close(self) -> None:
        """Finish the file."""


class CsvPoints:
    """A line for each point; values are exact."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)

    def write(self, run_id: str, series: SeriesImport) -> None:
        """Append points of a metric."""
        points = zip(series.steps, series.timestamps, series.values, strict=True)
        self._writer.writerows(
            (run_id, series.key, step, at, repr(value)) for step, at, value in points
        )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class ParquetPoints:
    """A row for each point, in groups that are worth compressing."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 - only for this format
            from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - as above
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                "Parquet needs pyarrow, which is not installed here.",
                "Install it with: pip install pyarrow. Or leave --metrics out, for CSV.",
            ) from error
        kinds = (pa.string(), pa.string(), pa.int64(), pa.int64(), pa.float64())
        self._table: Any = pa.table
        self._schema = pa.schema(list(zip(COLUMNS, kinds, strict=True)))
        self._writer = ParquetWriter(path, self._schema, compression="zstd")
        self._columns: list[list[Any]] = [[] for _ in COLUMNS]

    def write(self, run_id: str, series: SeriesImport) -> None:
        """Append points of a metric."""
        count = len(series.steps)
        names: list[list[Any]] = [[run_id] * count, [series.key] * count]
        points = [*names, series.steps, series.timestamps, series.values]
        for column, values in zip(self._columns, points, strict=True):
            column.extend(values)
        if len(self._columns[0]) >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._table(self._columns, schema=self._schema))
        self._columns = [[] for _ in COLUMNS]


class Folder:
    """The folder; what it holds is told at its end, so that one without a manifest is incomplete."""

    def __init__(self, root: Path) -> None:
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise ConfigurationError(
                f"{root} is not empty.", "Name a folder that is empty, or not there yet."
            )
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._stack = ExitStack()
        self._sums: TextIO = self._stack.enter_context((root / SUMS).open("w", encoding="utf-8"))
        self._lines: dict[str, TextIO] = {}

    def path(self, *parts: str) -> Path:
        """Where a file belongs; its folder is there."""
        place = self._root.joinpath(*parts)
        if not place.resolve().is_relative_to(self._root.resolve()):
            raise ConfigurationError(f"{'/'.join(parts)!r} leads out of the folder.")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def add_line(self, name: str, item: BaseModel) -> None:
        """Append `item` to the JSON lines of `name`."""
        if name not in self._lines:
            file = self.path(name).open("w", encoding="utf-8")
            self._lines[name] = self._stack.enter_context(file)
        self._lines[name].write(item.model_dump_json() + "\n")

    def note(self, path: Path) -> str:
        """Hash a finished file and remember it; the hash."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._sums.write(f"{digest}  {path.relative_to(self._root).as_posix()}\n")
        return digest

    def finish(self, points: Iterable[Path], told: Mapping[str, object]) -> None:
        """Write the manifest with `told` and the hash of all hashes."""
        for file in self._lines.values():
            file.close()
        for path in [*points, *(self._root / name for name in self._lines)]:
            self.note(path)
        self._sums.close()
        sums = hashlib.sha256((self._root / SUMS).read_bytes()).hexdigest()
        manifest = {"format": "maestro-export", "version": 1, **told, "sha256sums": sums}
        (self._root / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
