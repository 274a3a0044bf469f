"""AutoML searches as jobs: what is asked, what is tried (as tracked runs), what wins (as a version).

The search itself is `engine.automl`; this room feeds it, records it, registers its winner, and keeps
what it found out for the searches to come.
"""

from maestro_ml.server.automl.history import SearchHistory
from maestro_ml.server.automl.jobs import search_kind
from maestro_ml.server.automl.ports import Deployer
from maestro_ml.server.automl.service import SEARCH as SEARCH_KIND
from maestro_ml.server.automl.service import AutoMLService

__all__ = ["SEARCH_KIND", "AutoMLService", "Deployer", "SearchHistory", "search_kind"]
