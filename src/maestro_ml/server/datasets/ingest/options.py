"""What a person may say about an upload; everything left out is found out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """`format` is csv, parquet or jsonl; `encoding` a Python codec name; `header` is for CSV only."""

    format: str | None = None
    encoding: str | None = None
    header: bool | None = None
