"""What stands in the way of a request to a run or an experiment, in MLflow's words."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.protocols.mlflow.errors import DoesNotExist, InvalidParameter
from maestro_ml.server.tracking import ArtifactTree, RunFolder, RunNotFound, as_run_id

_INT64 = 2**63


def as_run(run_id: str) -> UUID:
    """The id that `run_id` spells in 32 digits. Raises DoesNotExist if it spells none: no run has it."""
    run = as_run_id(run_id)
    if run is None or run.hex != run_id:
        raise run_missing(run_id)
    return run


def as_experiment(experiment_id: str) -> int:
    """The number that `experiment_id` spells. Raises InvalidParameter."""
    try:
        number = int(experiment_id)
        # What no experiment can have is as good as any other number that none has.
        return number if abs(number) < _INT64 else -1
    except ValueError as error:
        raise InvalidParameter(
            f"Invalid experiment ID '{experiment_id[:100]}'. Experiment ID must be a valid integer."
        ) from error


async def run_folder(
    tree: ArtifactTree, unit: UnitOfWork, run_id: str, path: str = ""
) -> RunFolder:
    """The folder `path` of a run. Raises DoesNotExist."""
    try:
        return await tree.run_folder(unit, as_run(run_id).hex, path)
    except RunNotFound as error:
        raise run_missing(run_id) from error


def run_missing(run_id: str) -> DoesNotExist:
    """There is no such run for this caller."""
    return DoesNotExist(f"Run with id={run_id[:300]} not found")


def run_refused(word: str, run_id: str) -> MaestroError:
    """Why a run takes nothing: run_missing or run_deleted."""
    if word == "run_missing":
        return run_missing(run_id)
    return InvalidParameter(
        f"The run {run_id} must be in the 'active' state. Current state is deleted."
    )


def experiment_missing(experiment_id: int) -> DoesNotExist:
    """There is no such experiment for this caller, or not in this state."""
    return DoesNotExist(f"No Experiment with id={experiment_id} exists")


def experiment_deleted(experiment_id: int) -> InvalidParameter:
    """The experiment takes no change in the trash."""
    return InvalidParameter(
        f"The experiment {experiment_id} must be in the 'active' state. Current state is deleted."
    )
