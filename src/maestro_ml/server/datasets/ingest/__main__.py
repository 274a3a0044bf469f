"""The ingesting subprocess: one upload in, one line of JSON out.

Prints the `IngestedTable` and exits 0, or prints the fields of an `IngestError` and exits 2. Ends when
standard input closes, so that it never outlives the process that started it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import threading
from importlib.abc import MetaPathFinder
from pathlib import Path

from maestro_ml.server.datasets.ingest.errors import IngestError
from maestro_ml.server.datasets.ingest.limits import IngestLimits
from maestro_ml.server.datasets.ingest.options import IngestOptions
from maestro_ml.server.datasets.ingest.pipeline import ingest

_ORPHANED = 3


class _WithoutPandas(MetaPathFinder):
    """Hides pandas, which pyarrow would otherwise load (a second, 60 MB) to recognise its objects."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not used here", name=fullname)


def main() -> int:
    """Runs the ingestion that the arguments describe; returns the exit code."""
    sys.meta_path.insert(0, _WithoutPandas())
    parser = argparse.ArgumentParser(prog="python -m maestro_ml.server.datasets.ingest")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--options", type=json.loads, default={}, help="IngestOptions as JSON")
    parser.add_argument("--limits", type=json.loads, default={}, help="IngestLimits as JSON")
    parser.add_argument("--supervised", action="store_true", help="end when standard input closes")
    arguments = parser.parse_args()
    if arguments.supervised:
        threading.Thread(
            target=_end_with_parent, args=(arguments.target.parent,), daemon=True
        ).start()
    options, limits = IngestOptions(**arguments.options), IngestLimits(**arguments.limits)
    try:
        table = ingest(arguments.source, arguments.target, options, limits)
    except IngestError as error:
        sys.stdout.write(json.dumps(error.to_dict()) + "\n")
        return 2
    sys.stdout.write(table.model_dump_json() + "\n")
    return 0


def _end_with_parent(workspace: Path) -> None:
    while os.read(0, 1):
        pass
    shutil.rmtree(workspace, ignore_errors=True)
    os._exit(_ORPHANED)


if __name__ == "__main__":
    sys.exit(main())
