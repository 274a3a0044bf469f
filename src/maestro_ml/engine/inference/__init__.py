"""Runs one packaged model: reads requests, checks them against the signature, predicts, answers.

`python -m maestro_ml.engine.inference` is the process that the gateway keeps for each loaded model.
Knows nothing of servers and databases; it is given a folder and a socket.
"""

from maestro_ml.engine.inference.errors import PredictionError, Problem
from maestro_ml.engine.inference.model import LoadedModel, load_model
from maestro_ml.engine.inference.predict import answer

__all__ = ["LoadedModel", "PredictionError", "Problem", "answer", "load_model"]
