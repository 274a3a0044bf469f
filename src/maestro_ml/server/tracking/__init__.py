"""Experiments and their runs: params, metrics with every point, tags and artifacts.

Other rooms log through `TrackingService`, inside their unit of work. What leads from a run to a
model is the registry's; how a run is executed is the business of who runs it.
"""

from maestro_ml.server.tracking.artifact_tree import (
    ArtifactTree,
    RunFolder,
    has_owner,
    path_in_tree,
)
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
from maestro_ml.server.tracking.experiment_changes import ExperimentChanges
from maestro_ml.server.tracking.exports import ExportService
from maestro_ml.server.tracking.group_commit import SHARED, GroupCommit
from maestro_ml.server.tracking.hints import HintedCalls
from maestro_ml.server.tracking.imports import ImportService
from maestro_ml.server.tracking.logged_models import LoggedModelService
from maestro_ml.server.tracking.previews import PreviewService
from maestro_ml.server.tracking.purge import TrashPurge
from maestro_ml.server.tracking.purge_service import PURGE as PURGE_KIND
from maestro_ml.server.tracking.purge_service import PurgeService, purge_kind
from maestro_ml.server.tracking.repository import (
    Dataset,
    FolderEntry,
    InputFunctions,
    InputRepository,
    LoggedModelFunctions,
    LoggedModelOrder,
    LoggedModelRecord,
    LoggedModelSelection,
    RunChanges,
    RunRecord,
    RunSelection,
    SeriesPiece,
    TrackingFunctions,
    WholeRunRecord,
)
from maestro_ml.server.tracking.repository.experiment_search import (
    ExperimentQuery,
    ExperimentSearchRepository,
)
from maestro_ml.server.tracking.repository.run_query import FoundRun, RunQuery
from maestro_ml.server.tracking.repository.run_search import RunSearchRepository
from maestro_ml.server.tracking.rules import (
    RUN_TOPIC,
    Batch,
    NewRun,
    Points,
    artifact_uri,
    as_run_id,
    model_artifact_uri,
    parent_of,
)
from maestro_ml.server.tracking.run_tables import RunTableService
from maestro_ml.server.tracking.run_views import RunViewService
from maestro_ml.server.tracking.searches import RunSearchService
from maestro_ml.server.tracking.service import TrackingService
from maestro_ml.server.tracking.table_files import TableFiles

__all__ = [
    "PURGE_KIND",
    "RUN_TOPIC",
    "SHARED",
    "ArtifactFiles",
    "ArtifactInterrupted",
    "ArtifactNotFound",
    "ArtifactTree",
    "Batch",
    "Dataset",
    "ExperimentChanges",
    "ExperimentDeleted",
    "ExperimentNameTaken",
    "ExperimentNotFound",
    "ExperimentQuery",
    "ExperimentSearchRepository",
    "ExportService",
    "FolderEntry",
    "FoundRun",
    "GroupCommit",
    "HintedCalls",
    "ImportService",
    "InputFunctions",
    "InputRepository",
    "LoggedModelFunctions",
    "LoggedModelNotFound",
    "LoggedModelOrder",
    "LoggedModelRecord",
    "LoggedModelSelection",
    "LoggedModelService",
    "NewRun",
    "ParamChanged",
    "Points",
    "PreviewService",
    "PurgeService",
    "RunArtifactService",
    "RunChanges",
    "RunCompaction",
    "RunDeleted",
    "RunFolder",
    "RunNotFound",
    "RunQuery",
    "RunRecord",
    "RunSearchRepository",
    "RunSearchService",
    "RunSelection",
    "RunTableService",
    "RunViewService",
    "SeriesPiece",
    "TableFiles",
    "TrackingFunctions",
    "TrackingService",
    "TrashPurge",
    "WholeRunRecord",
    "artifact_uri",
    "as_run_id",
    "has_owner",
    "model_artifact_uri",
    "parent_of",
    "path_in_tree",
    "purge_kind",
]
