"""From the word that a function answers to the error that says what to do."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.tracking.errors import (
    ExperimentDeleted,
    ExperimentNotFound,
    LoggedModelNotFound,
    ParamChanged,
    RunDeleted,
    RunNotFound,
)
from maestro_ml.server.tracking.rules import NewRun


def experiment_not_found(experiment_id: int | str) -> ExperimentNotFound:
    """There is no such experiment for this caller."""
    return ExperimentNotFound(
        f"There is no experiment {experiment_id}. `maestro experiments list` shows yours."
    )


def experiment_deleted(experiment_id: int) -> ExperimentDeleted:
    """The experiment takes no change in the trash."""
    return ExperimentDeleted(
        f"The experiment {experiment_id} is in the trash. "
        f"`maestro experiments restore {experiment_id}` brings it back."
    )


def run_not_found(run_id: UUID | str) -> RunNotFound:
    """There is no such run for this caller."""
    return RunNotFound(
        f"There is no run {run_id}. `maestro runs list --experiment NAME` shows an experiment's runs."
    )


def run_deleted(run_id: UUID) -> RunDeleted:
    """The run takes no change in the trash."""
    return RunDeleted(
        f"The run {run_id} is in the trash. `maestro runs restore {run_id}` brings it back."
    )


def logged_model_not_found(model_id: str) -> LoggedModelNotFound:
    """There is no such logged model for this caller."""
    return LoggedModelNotFound(f"Logged model with ID '{model_id}' not found. Check the id.")


def creation_refused(word: str, run: NewRun) -> MaestroError:
    """Why `run` was not created."""
    if word == "experiment_missing":
        return experiment_not_found(run.experiment_id)
    if word == "experiment_deleted":
        return experiment_deleted(run.experiment_id)
    return run_not_found(str(run.parent_run_id))


def logging_refused(problem: str | dict[str, str], run_id: UUID) -> MaestroError:
    """Why nothing was logged to the run."""
    if isinstance(problem, dict):
        return ParamChanged(
            f"The param {problem['key']!r} is {problem['old'][:100]!r} already and stays so; "
            f"{problem['new'][:100]!r} was refused, with all that came along. Log it under another "
            "name, or start another run."
        )
    return run_deleted(run_id) if problem == "run_deleted" else run_not_found(run_id)
