"""Why models say what they say: explanations of versions and of single rows, made by jobs and kept.

The mathematics are `engine.explain`; this room feeds it with a version and rows, and stores what it
finds. It does not say whether a model is good enough (governance will).
"""

from maestro_ml.server.explain.errors import BackgroundMissing
from maestro_ml.server.explain.jobs import explain_kind
from maestro_ml.server.explain.service import COMPUTE as EXPLAIN_KIND
from maestro_ml.server.explain.service import EXPLAINING, ExplainService
from maestro_ml.server.explain.waiting import Waiter

__all__ = [
    "EXPLAINING",
    "EXPLAIN_KIND",
    "BackgroundMissing",
    "ExplainService",
    "Waiter",
    "explain_kind",
]
