"""Experiments and their runs: params, metrics with every point, tags and artifacts.

Other rooms log through `TrackingService`, inside their unit of work. What leads from a run to a
model is the registry's; how a run is executed is the business of who runs it.
"""

from maestro_ml.server.tracking.artifact_tree import ArtifactTree, path_in_tree
from maestro_ml.server.tracking.artifacts import ArtifactFiles, RunArtifactService
from maestro_ml.server.tracking.compaction import RunCompaction
from maestro_ml.server.tracking.errors import (
    ArtifactInterrupted,
    ArtifactNotFound,
    ExperimentDeleted,
    ExperimentNameTaken,
    ExperimentNotFound,
    LoggedModelNotFound,
    ParamChanged,
    RunDeleted,
    RunNotFound,
)
from maestro_ml.server.tracking.exports import ExportService
from maestro_ml.server.tracking.group_commit import GroupCommit
from maestro_ml.server.tracking.hints import HintedCalls
from maestro_ml.server.tracking.imports import ImportService
from maestro_ml.server.tracking.logged_models import LoggedModelService
from maestro_ml.server.tracking.purge import TrashPurge
from maestro_ml.server.tracking.purge_service import PurgeService, purge_kind
from maestro_ml.server.tracking.repository import (
    Dataset,
    FolderEntry,
    LoggedModelOrder,
    LoggedModelRecord,
    LoggedModelSelection,
    RunChanges,
    RunSelection,
)
from maestro_ml.server.tracking.rules import RUN_TOPIC, artifact_uri, model_artifact_uri
from maestro_ml.server.tracking.service import TrackingService

__all__ = [
    "RUN_TOPIC",
    "ArtifactFiles",
    "ArtifactInterrupted",
    "ArtifactNotFound",
    "ArtifactTree",
    "Dataset",
    "ExperimentDeleted",
    "ExperimentNameTaken",
    "ExperimentNotFound",
    "ExportService",
    "FolderEntry",
    "GroupCommit",
    "HintedCalls",
    "ImportService",
    "LoggedModelNotFound",
    "LoggedModelOrder",
    "LoggedModelRecord",
    "LoggedModelSelection",
    "LoggedModelService",
    "ParamChanged",
    "PurgeService",
    "RunArtifactService",
    "RunChanges",
    "RunCompaction",
    "RunDeleted",
    "RunNotFound",
    "RunSelection",
    "TrackingService",
    "TrashPurge",
    "artifact_uri",
    "model_artifact_uri",
    "path_in_tree",
    "purge_kind",
]
