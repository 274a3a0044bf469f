"""All SQL of tracking: functions for the hot paths, ordinary queries for the rest."""

from maestro_ml.server.tracking.repository.artifacts import ArtifactRepository, FolderEntry
from maestro_ml.server.tracking.repository.compaction import CompactionRepository
from maestro_ml.server.tracking.repository.experiments import ExperimentRepository
from maestro_ml.server.tracking.repository.functions import (
    Calls,
    ExperimentRecord,
    RunRecord,
    SessionCalls,
    TrackingFunctions,
)
from maestro_ml.server.tracking.repository.logged_models import (
    Dataset,
    LoggedModelFunctions,
    LoggedModelOrder,
    LoggedModelRecord,
    LoggedModelSelection,
    sort_keys,
)
from maestro_ml.server.tracking.repository.runs import RunKey, RunRepository, RunSelection

__all__ = [
    "ArtifactRepository",
    "Calls",
    "CompactionRepository",
    "Dataset",
    "ExperimentRecord",
    "ExperimentRepository",
    "FolderEntry",
    "LoggedModelFunctions",
    "LoggedModelOrder",
    "LoggedModelRecord",
    "LoggedModelSelection",
    "RunKey",
    "RunRecord",
    "RunRepository",
    "RunSelection",
    "SessionCalls",
    "TrackingFunctions",
    "sort_keys",
]
