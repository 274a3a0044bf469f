"""Experiments: made, found, renamed, tagged, moved to the trash and back."""

from __future__ import annotations

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.tracking import (
    Experiment,
    ExperimentCreate,
    ExperimentUpdate,
    Lifecycle,
)
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.documents import experiment_document
from maestro_ml.server.protocols.mlflow.errors import (
    AlreadyExists,
    DoesNotExist,
    InvalidParameter,
    InvalidState,
)
from maestro_ml.server.protocols.mlflow.names import MAX_KEY, check_length, check_name
from maestro_ml.server.protocols.mlflow.outcomes import (
    as_experiment,
    experiment_deleted,
    experiment_missing,
)
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import EMPTY, json_response, read
from maestro_ml.server.tracking import ExperimentNameTaken, ExperimentNotFound, TrackingService

MAX_NAME = 500
MAX_TAG_VALUE = 20_000
MAX_LOCATION = 2048


def experiment_endpoints(units: UnitsOfWork, tracking: TrackingService) -> list[Endpoint]:
    """The endpoints of single experiments."""
    experiments = _Experiments(units, tracking)
    read_it, write = Permission.EXPERIMENT_READ, Permission.EXPERIMENT_WRITE
    return [
        Endpoint("POST", "experiments/create", experiments.create, write),
        Endpoint("GET", "experiments/get", experiments.get, read_it),
        Endpoint("GET", "experiments/get-by-name", experiments.get_by_name, read_it),
        Endpoint("POST", "experiments/update", experiments.rename, write),
        Endpoint("POST", "experiments/delete", experiments.delete, Permission.EXPERIMENT_DELETE),
        Endpoint("POST", "experiments/restore", experiments.restore, write),
        Endpoint("POST", "experiments/set-experiment-tag", experiments.set_tag, write),
        Endpoint("POST", "experiments/delete-experiment-tag", experiments.delete_tag, write),
    ]


class _Experiments:
    def __init__(self, units: UnitsOfWork, tracking: TrackingService) -> None:
        self._units = units
        self._tracking = tracking

    async def create(self, request: HotRequest) -> HotResponse:
        """A new experiment with a name of its own."""
        fields = await read(request)
        name = fields.required_text("name")
        check_length(name, MAX_NAME, "name")
        location = fields.text("artifact_location") or None
        _check_location(location)
        tags = dict(fields.pairs("tags"))
        for key, value in tags.items():
            _check_tag(key, value)
        # MLflow's limits hold here, not our own: they were just checked.
        body = ExperimentCreate.model_construct(name=name, artifact_location=location, tags=tags)
        try:
            async with self._units.tenant(request.context) as unit:
                made = await self._tracking.create_experiment(unit, body)
        except ExperimentNameTaken as error:
            raise _name_taken(name) from error
        return json_response({"experiment_id": str(made.id)})

    async def get(self, request: HotRequest) -> HotResponse:
        """An experiment, in the trash or not."""
        experiment_id = as_experiment((await read(request)).required_text("experiment_id"))
        async with self._units.tenant(request.context) as unit:
            found = await self._get(unit, experiment_id)
        return json_response({"experiment": experiment_document(found)})

    async def get_by_name(self, request: HotRequest) -> HotResponse:
        """The experiment with exactly this name, in the trash or not."""
        name = (await read(request)).required_text("experiment_name")
        async with self._units.tenant(request.context) as unit:
            found = await self._tracking.find_experiment(unit, name)
        if found is None:
            raise DoesNotExist(f"Could not find experiment with name '{name}'")
        return json_response({"experiment": experiment_document(found)})

    async def rename(self, request: HotRequest) -> HotResponse:
        """Give an experiment another name."""
        fields = await read(request)
        experiment_id = as_experiment(fields.required_text("experiment_id"))
        name = fields.required_text("new_name")
        check_length(name, MAX_NAME, "name")
        try:
            async with self._units.tenant(request.context) as unit:
                found = await self._get(unit, experiment_id)
                if found.lifecycle is Lifecycle.DELETED:
                    raise InvalidState("Cannot rename a non-active experiment.")
                change = ExperimentUpdate.model_construct(name=name, tags={})
                await self._tracking.update_experiment(unit, experiment_id, change)
        except ExperimentNameTaken as error:
            raise _name_taken(name) from error
        return EMPTY

    async def delete(self, request: HotRequest) -> HotResponse:
        """Move an active experiment to the trash, with its runs."""
        experiment_id = as_experiment((await read(request)).required_text("experiment_id"))
        async with self._units.tenant(request.context) as unit:
            found = await self._get(unit, experiment_id)
            if found.lifecycle is Lifecycle.DELETED:
                raise experiment_missing(experiment_id)
            await self._tracking.delete_experiment(unit, experiment_id)
        return EMPTY

    async def restore(self, request: HotRequest) -> HotResponse:
        """Take an experiment out of the trash, with the runs that went there with it."""
        experiment_id = as_experiment((await read(request)).required_text("experiment_id"))
        async with self._units.tenant(request.context) as unit:
            found = await self._get(unit, experiment_id)
            if found.lifecycle is Lifecycle.ACTIVE:
                raise experiment_missing(experiment_id)
            await self._tracking.restore_experiment(unit, experiment_id)
        return EMPTY

    async def set_tag(self, request: HotRequest) -> HotResponse:
        """Set a tag of an active experiment."""
        fields = await read(request)
        experiment_id = as_experiment(fields.required_text("experiment_id"))
        key, value = fields.required_text("key"), fields.text("value")
        _check_tag(key, value)
        async with self._units.tenant(request.context) as unit:
            await self._active(unit, experiment_id)
            await self._change_tag(unit, experiment_id, key, value)
        return EMPTY

    async def delete_tag(self, request: HotRequest) -> HotResponse:
        """Remove a tag of an active experiment."""
        fields = await read(request)
        experiment_id = as_experiment(fields.required_text("experiment_id"))
        key = fields.required_text("key")
        async with self._units.tenant(request.context) as unit:
            if key not in (await self._active(unit, experiment_id)).tags:
                raise DoesNotExist(f"No tag with name: {key} in experiment with id {experiment_id}")
            await self._change_tag(unit, experiment_id, key, None)
        return EMPTY

    async def _change_tag(
        self, unit: UnitOfWork, experiment_id: int, key: str, value: str | None
    ) -> None:
        change = ExperimentUpdate.model_construct(name=None, tags={key: value})
        await self._tracking.update_experiment(unit, experiment_id, change)

    async def _get(self, unit: UnitOfWork, experiment_id: int) -> Experiment:
        try:
            return await self._tracking.get_experiment(unit, experiment_id)
        except ExperimentNotFound as error:
            raise experiment_missing(experiment_id) from error

    async def _active(self, unit: UnitOfWork, experiment_id: int) -> Experiment:
        found = await self._get(unit, experiment_id)
        if found.lifecycle is Lifecycle.DELETED:
            raise experiment_deleted(experiment_id)
        return found


def _check_tag(key: str, value: str) -> None:
    check_name(key, "key")
    check_length(key, MAX_KEY, "key")
    check_length(value, MAX_TAG_VALUE, "value")


def _check_location(location: str | None) -> None:
    if location is None:
        return
    if "#" in location:
        raise InvalidParameter("'artifact_location' URL can't include fragments or params.")
    if location.startswith("runs:"):
        raise InvalidParameter(f"Artifact location cannot be a runs:/ URI. Given: '{location}'")
    if len(location) > MAX_LOCATION:
        raise InvalidParameter(
            "Invalid artifact path length. The length of the artifact path cannot be greater than "
            f"{MAX_LOCATION} characters."
        )


def _name_taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"Experiment(name={name}) already exists.")
