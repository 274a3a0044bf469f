"""How much an upload may ask of the machine."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20
GIB = 2**30


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """Bounds on one ingestion; sizes in bytes."""

    max_expanded_bytes: int = 50 * GIB
    """Of the file after decompression."""
    max_expansion_ratio: float = 200.0
    """Expanded over packed size; looked at from 16 MiB on, since tiny files compress absurdly well."""
    max_columns: int = 10_000
    max_row_bytes: int = MIB
    memory_bytes: int = 1 * GIB
    """Resident memory of the subprocess."""
    seconds: float = 1800.0
    """Wall-clock time."""
