"""Experiments and their runs: params, metrics with every point, tags and artifacts.

Other rooms log through `TrackingService`, inside their unit of work. What leads from a run to a
model is the registry's; how a run is executed is the business of who runs it.
"""

from maestro_ml.server.tracking.artifacts import RunArtifactService
from maestro_ml.server.tracking.compaction import RunCompaction
from maestro_ml.server.tracking.errors import (
    ExperimentDeleted,
    ExperimentNameTaken,
    ExperimentNotFound,
    ParamChanged,
    RunDeleted,
    RunNotFound,
)
from maestro_ml.server.tracking.group_commit import GroupCommit
from maestro_ml.server.tracking.imports import ImportService
from maestro_ml.server.tracking.repository import RunSelection
from maestro_ml.server.tracking.service import TrackingService

__all__ = [
    "ExperimentDeleted",
    "ExperimentNameTaken",
    "ExperimentNotFound",
    "GroupCommit",
    "ImportService",
    "ParamChanged",
    "RunArtifactService",
    "RunCompaction",
    "RunDeleted",
    "RunNotFound",
    "RunSelection",
    "TrackingService",
]
