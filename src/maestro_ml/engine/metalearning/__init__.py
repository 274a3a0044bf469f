"""Meta-learning: where a new search starts, learned from how past searches went.

    past = [past_task(result, key="job-1", name="customers") for result in finished]
    AutoMLEngine(time_budget=60, prior=HistoryPrior(past)).fit(table, target)

Owns past tasks and trials, the similarity of tasks, the portfolio that follows from them, and the
prior learned from public tables that ships with the package. Stores nothing itself.
"""

from maestro_ml.engine.metalearning.history import HistoryPrior
from maestro_ml.engine.metalearning.past import MADE_OF_TRIALS, PastTask, PastTrial, past_task
from maestro_ml.engine.metalearning.public import PublicPrior
from maestro_ml.engine.metalearning.similarity import similarity

__all__ = [
    "MADE_OF_TRIALS",
    "HistoryPrior",
    "PastTask",
    "PastTrial",
    "PublicPrior",
    "past_task",
    "similarity",
]
