"""All SQL of tracking: functions for the hot paths, ordinary queries for the rest."""

from maestro_ml.server.tracking.repository.artifacts import (
    ArtifactRepository,
    FolderEntry,
    RunHome,
    experiments_with_files,
    find_run_home,
    runs_with_files,
)
from maestro_ml.server.tracking.repository.changes import ChangeRepository, NewPoints, RunChanges
from maestro_ml.server.tracking.repository.compaction import CompactionRepository
from maestro_ml.server.tracking.repository.experiment_changes import (
    ChangedRuns,
    ExperimentChangeRepository,
)
from maestro_ml.server.tracking.repository.experiments import ExperimentRepository
from maestro_ml.server.tracking.repository.functions import (
    RUN_WRITERS,
    Calls,
    CreatedRun,
    ExperimentRecord,
    Problem,
    RunRecord,
    SeriesPiece,
    SessionCalls,
    TrackingFunctions,
    WholeRunRecord,
)
from maestro_ml.server.tracking.repository.histories import (
    Extremes,
    HistoryRepository,
    Point,
    find_extremes,
)
from maestro_ml.server.tracking.repository.inputs import (
    DatasetSummary,
    InputFunctions,
    InputRepository,
    ReadingRun,
)
from maestro_ml.server.tracking.repository.logged_models import (
    Dataset,
    LoggedModelFunctions,
    LoggedModelOrder,
    LoggedModelRecord,
    LoggedModelSelection,
    sort_keys,
)
from maestro_ml.server.tracking.repository.purge import DeletedModel, PurgeRepository
from maestro_ml.server.tracking.repository.runs import RunKey, RunRepository, RunSelection
from maestro_ml.server.tracking.repository.selections import LockedRun, SelectionRepository

__all__ = [
    "RUN_WRITERS",
    "ArtifactRepository",
    "Calls",
    "ChangeRepository",
    "ChangedRuns",
    "CompactionRepository",
    "CreatedRun",
    "Dataset",
    "DatasetSummary",
    "DeletedModel",
    "ExperimentChangeRepository",
    "ExperimentRecord",
    "ExperimentRepository",
    "Extremes",
    "FolderEntry",
    "HistoryRepository",
    "InputFunctions",
    "InputRepository",
    "LockedRun",
    "LoggedModelFunctions",
    "LoggedModelOrder",
    "LoggedModelRecord",
    "LoggedModelSelection",
    "NewPoints",
    "Point",
    "Problem",
    "PurgeRepository",
    "ReadingRun",
    "RunChanges",
    "RunHome",
    "RunKey",
    "RunRecord",
    "RunRepository",
    "RunSelection",
    "SelectionRepository",
    "SeriesPiece",
    "SessionCalls",
    "TrackingFunctions",
    "WholeRunRecord",
    "experiments_with_files",
    "find_extremes",
    "find_run_home",
    "runs_with_files",
    "sort_keys",
]
