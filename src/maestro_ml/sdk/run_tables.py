"""Runs as a table in a file: a row for each, a column for every param, metric and tag.

This is the client's work: which columns there are is known when the last run has been seen, and pyarrow
has no place in the process that answers everybody's requests.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from maestro_ml.contracts.tracking import Run
from maestro_ml.sdk.errors import ConfigurationError

_FIXED = ("run_id", "experiment_id", "name", "status", "user", "started_at", "ended_at")
_GROUPS = ("params", "metrics", "tags")
_ROWS = 1000

Write = Callable[[Path, Sequence[str], Iterator[dict[str, Any]]], None]


def write_runs(runs: Iterable[Run], target: Path) -> int:
    """Write `runs` to `target`, which appears whole or not at all; how many there were.

    The file's ending chooses the format, `.csv` or `.parquet`. Memory does not grow with the runs.
    Raises ConfigurationError for another ending, and where pyarrow is missing.
    """
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise ConfigurationError(
            f"{target.name!r} is no name of a table.", "End it in .csv or .parquet."
        )
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        columns, count = _spool(runs, spool)
        try:
            write(partial, columns, _unspool(spool))
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return count


def _spool(runs: Iterable[Run], spool: IO[str]) -> tuple[list[str], int]:
    names: dict[str, set[str]] = {group: set() for group in _GROUPS}
    count = 0
    for run in runs:
        for group in _GROUPS:
            names[group].update(getattr(run, group))
        spool.write(run.model_dump_json() + "\n")
        count += 1
    columns = [f"{group}.{name}" for group in _GROUPS for name in sorted(names[group])]
    return [*_FIXED, *columns], count


def _unspool(spool: IO[str]) -> Iterator[dict[str, Any]]:
    spool.seek(0)
    for line in spool:
        run = Run.model_validate(json.loads(line))
        row: dict[str, Any] = {name: getattr(run, name, None) for name in _FIXED}
        row |= {"run_id": str(run.id), "status": run.status.value}
        for group in _GROUPS:
            row |= {f"{group}.{name}": value for name, value in getattr(run, group).items()}
        yield row


def _write_csv(path: Path, columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> None:
    with path.open("x", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for row in rows:
            for name in ("started_at", "ended_at"):
                row[name] = row[name].isoformat() if row[name] is not None else ""
            writer.writerow(row)


def _write_parquet(path: Path, columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - heavy, and not part of the thin client
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise ConfigurationError(
            "Parquet needs pyarrow, which is not installed.",
            "pip install pyarrow, or export to a .csv file.",
        ) from error
    types = {"experiment_id": pa.int64()}
    types |= dict.fromkeys(("started_at", "ended_at"), pa.timestamp("us", tz="UTC"))
    types |= {name: pa.float64() for name in columns if name.startswith("metrics.")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    with pq.ParquetWriter(path, schema) as writer:
        while part := [*islice(rows, _ROWS)]:
            writer.write_table(pa.Table.from_pylist(part, schema))


_WRITERS: dict[str, Write] = {".csv": _write_csv, ".parquet": _write_parquet}
