"""Every kind of job, with its handler bound to the services it needs; a domain adds its lines here."""

from __future__ import annotations

from typing import Any

from maestro_ml.server.automl import search_kind
from maestro_ml.server.explain import explain_kind
from maestro_ml.server.jobs import JobKind
from maestro_ml.server.registry import runs_behind_versions
from maestro_ml.server.tracking import TrashPurge, purge_kind
from maestro_ml.server.wiring import Platform


def job_kinds(platform: Platform) -> list[JobKind[Any]]:
    """What a worker's children can run."""
    return [
        search_kind(
            platform.datasets,
            platform.tables,
            platform.tracking,
            platform.registry,
            platform.explain,
            platform.search_history,
            platform.settings.home / "searches",
        ),
        explain_kind(
            platform.explain,
            platform.registry,
            platform.datasets,
            platform.tables,
            platform.blobs,
        ),
        purge_kind(TrashPurge(platform.blobs, runs_behind_versions)),
    ]
