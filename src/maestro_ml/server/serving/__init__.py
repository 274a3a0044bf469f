"""Deployments: named endpoints with model versions behind them, and the gateway that answers them.

Owns which version answers for a name, and the processes that hold models in memory. What a model is,
the registry owns; how it predicts, `engine.inference`.
"""

from maestro_ml.server.serving.client import GatewayClient
from maestro_ml.server.serving.pool import RunnerPool
from maestro_ml.server.serving.reader import DeploymentReader
from maestro_ml.server.serving.service import Caller, DeploymentService

__all__ = [
    "Caller",
    "DeploymentReader",
    "DeploymentService",
    "GatewayClient",
    "RunnerPool",
]
