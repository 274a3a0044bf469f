"""One upload, start to end: told apart, converted, hashed, profiled."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from maestro_ml.contracts.dataset_profile import Column, IngestedTable, TableProfile
from maestro_ml.engine.profile import profile_parquet
from maestro_ml.server.datasets.ingest.conversion import Source, TableConversion
from maestro_ml.server.datasets.ingest.csv_source import CsvSource
from maestro_ml.server.datasets.ingest.errors import storage_guard
from maestro_ml.server.datasets.ingest.json_source import JsonSource
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits
from maestro_ml.server.datasets.ingest.options import IngestOptions
from maestro_ml.server.datasets.ingest.parquet_source import ParquetSource
from maestro_ml.server.datasets.ingest.sniff import encoding_of, format_of
from maestro_ml.server.datasets.ingest.streams import compression_of, known_encoding, open_expanded


def ingest(
    source: Path, target: Path, options: IngestOptions, limits: IngestLimits
) -> IngestedTable:
    """Reads the upload `source` and writes the typed Parquet table `target`, which appears whole or not.

    Raises:
        IngestError: the upload is no table, or a limit was hit; nothing is left behind.
    """
    csv.field_size_limit(limits.max_row_bytes)
    format_ = format_of(source, options.format, limits)
    with (
        storage_guard(),
        tempfile.TemporaryDirectory(prefix=".ingest-", dir=target.parent) as workspace,
    ):
        table = Path(workspace, "table.parquet")
        reader = _source(source, format_, Path(workspace), options, limits)
        TableConversion(reader).write(table)
        result = _describe(source, format_, table)
        table.replace(target)
    return result


def _source(
    path: Path, format_: str, workspace: Path, options: IngestOptions, limits: IngestLimits
) -> Source:
    if format_ == "parquet":
        return ParquetSource(_expanded(path, workspace, limits), limits)
    encoding = known_encoding(options.encoding) if options.encoding else encoding_of(path, limits)
    if format_ == "jsonl":
        return JsonSource(path, encoding, limits)
    return CsvSource(path, encoding, limits, header=options.header)


def _expanded(path: Path, workspace: Path, limits: IngestLimits) -> Path:
    """Parquet is read from its end, so a compressed one goes to disk first."""
    if compression_of(path) is None:
        return path
    plain = workspace / "expanded.parquet"
    with open_expanded(path, limits) as stream, plain.open("wb") as file:
        while chunk := stream.read(MIB):
            file.write(chunk)
    return plain


def _describe(source: Path, format_: str, table: Path) -> IngestedTable:
    with pq.ParquetFile(table) as file:
        profile = TableProfile.model_validate(asdict(profile_parquet(file)))
    return IngestedTable(
        source_format=format_,
        source_sha256=_sha256(source),
        source_bytes=source.stat().st_size,
        content_sha256=_sha256(table),
        content_bytes=table.stat().st_size,
        rows=profile.rows,
        columns=[Column(name=c.name, type=c.type, nullable=c.missing > 0) for c in profile.columns],
        profile=profile,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
