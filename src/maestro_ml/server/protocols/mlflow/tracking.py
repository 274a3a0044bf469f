"""MLflow's tracking half: experiments, runs and what is logged to them."""

from __future__ import annotations

from dataclasses import dataclass

from maestro_ml.server.kernel.db import Calls, UnitsOfWork
from maestro_ml.server.protocols.mlflow.experiments import experiment_endpoints
from maestro_ml.server.protocols.mlflow.histories import history_endpoints
from maestro_ml.server.protocols.mlflow.inputs import input_endpoints
from maestro_ml.server.protocols.mlflow.logging import logging_endpoints
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.runs import run_endpoints
from maestro_ml.server.protocols.mlflow.searches import search_endpoints
from maestro_ml.server.search import SearchLanguage
from maestro_ml.server.tracking import GroupCommit, TrackingService


@dataclass(frozen=True, slots=True)
class TrackingPorts:
    """What the tracking half stands on: writes, short reads and long ones do not wait for each other."""

    calls: Calls
    reads: Calls
    heavy: Calls
    commits: GroupCommit
    units: UnitsOfWork
    tracking: TrackingService
    language: SearchLanguage


def tracking_endpoints(ports: TrackingPorts) -> list[Endpoint]:
    """Every tracking endpoint."""
    return [
        *experiment_endpoints(ports.units, ports.tracking),
        *run_endpoints(ports.calls, ports.reads, ports.units, ports.tracking),
        *logging_endpoints(ports.calls, ports.commits),
        *input_endpoints(ports.calls),
        *history_endpoints(ports.heavy),
        *search_endpoints(ports.heavy, ports.language),
    ]
