"""AutoML: finds, within hard time and memory limits, the best model of a table.

    result = AutoMLEngine(time_budget=60).fit(table.drop(columns="survived"), table["survived"])
    result.to_frame()
    result.model.predict_proba(new_rows)

Owns reading tables, the starting portfolio, trials in killable processes, ensembles and the final
predictor. Knows nothing of servers, databases or files.
"""

from maestro_ml.engine.automl.engine import ENGINES, AutoMLEngine
from maestro_ml.engine.automl.errors import (
    AutoMLError,
    BudgetTooSmallError,
    ClusterUnavailableError,
    IdentifierTargetError,
    InvalidBudgetError,
    InvalidFeaturesError,
    InvalidSplitError,
    InvalidTargetError,
    MetricMismatchError,
    NoFeaturesError,
    SchemaMismatchError,
    SingleClassError,
    TargetMissingError,
    TooFewRowsError,
    TooManyClassesError,
    TrialLogMismatchError,
    UnknownEngineError,
    UnknownMetricError,
)
from maestro_ml.engine.automl.events import (
    Callback,
    EnsembleBuilt,
    SearchEvent,
    SearchFinished,
    SearchStarted,
    TrialFailed,
    TrialFinished,
    TrialSkipped,
    TrialStarted,
)
from maestro_ml.engine.automl.learners.base import FitContext, Learner, Predictor, Rows
from maestro_ml.engine.automl.model import AutoMLModel, Member
from maestro_ml.engine.automl.portfolio import Candidate, starting_portfolio
from maestro_ml.engine.automl.processes import usable_cores
from maestro_ml.engine.automl.result import AutoMLResult, Evaluation, LeaderboardRow, Skipped
from maestro_ml.engine.automl.schema import DroppedColumn, Feature, FeatureSchema
from maestro_ml.engine.automl.splits import GroupSplit, Split, TimeSplit, split_by
from maestro_ml.engine.automl.start import (
    Prior,
    SimilarTask,
    Start,
    StartingOrder,
    StartReason,
    StartSource,
)
from maestro_ml.engine.automl.tasks import Task, infer_task

__all__ = [
    "ENGINES",
    "AutoMLEngine",
    "AutoMLError",
    "AutoMLModel",
    "AutoMLResult",
    "BudgetTooSmallError",
    "Callback",
    "Candidate",
    "ClusterUnavailableError",
    "DroppedColumn",
    "EnsembleBuilt",
    "Evaluation",
    "Feature",
    "FeatureSchema",
    "FitContext",
    "GroupSplit",
    "IdentifierTargetError",
    "InvalidBudgetError",
    "InvalidFeaturesError",
    "InvalidSplitError",
    "InvalidTargetError",
    "LeaderboardRow",
    "Learner",
    "Member",
    "MetricMismatchError",
    "NoFeaturesError",
    "Predictor",
    "Prior",
    "Rows",
    "SchemaMismatchError",
    "SearchEvent",
    "SearchFinished",
    "SearchStarted",
    "SimilarTask",
    "SingleClassError",
    "Skipped",
    "Split",
    "Start",
    "StartReason",
    "StartSource",
    "StartingOrder",
    "TargetMissingError",
    "Task",
    "TimeSplit",
    "TooFewRowsError",
    "TooManyClassesError",
    "TrialFailed",
    "TrialFinished",
    "TrialLogMismatchError",
    "TrialSkipped",
    "TrialStarted",
    "UnknownEngineError",
    "UnknownMetricError",
    "infer_task",
    "split_by",
    "starting_portfolio",
    "usable_cores",
]
