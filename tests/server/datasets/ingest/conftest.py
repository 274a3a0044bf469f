"""Uploads as bytes, ingested in this process; what is left on disk is checked after each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maestro_ml.contracts.dataset_profile import IngestedTable
from maestro_ml.server.datasets.ingest.limits import IngestLimits
from maestro_ml.server.datasets.ingest.options import IngestOptions
from maestro_ml.server.datasets.ingest.pipeline import ingest


class Upload:
    """Ingests bytes and remembers where the table went."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "upload"
        self.target = folder / "table.parquet"
        self.result: IngestedTable | None = None

    def ingest(
        self, content: bytes, limits: IngestLimits | None = None, **options: Any
    ) -> pa.Table:
        self.source.write_bytes(content)
        chosen = IngestOptions(**options)
        self.result = ingest(self.source, self.target, chosen, limits or IngestLimits())
        return pq.read_table(self.target)

    def left_behind(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path != self.source)


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    return Upload(tmp_path)
