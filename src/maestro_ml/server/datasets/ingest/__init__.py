"""From an uploaded file to a typed Parquet table with its schema and profile.

The work is done in a subprocess (`ingest_file`); importing this package loads no table library.
"""

from maestro_ml.server.datasets.ingest.errors import IngestError
from maestro_ml.server.datasets.ingest.limits import IngestLimits
from maestro_ml.server.datasets.ingest.preview import Preview, preview
from maestro_ml.server.datasets.ingest.process import ingest_file

__all__ = ["IngestError", "IngestLimits", "Preview", "ingest_file", "preview"]
