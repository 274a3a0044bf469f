"""Experiments inside a unit of work."""

from __future__ import annotations

from maestro_ml.contracts.tracking import (
    Experiment,
    ExperimentCreate,
    ExperimentUpdate,
    Lifecycle,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import ExperimentNameTaken
from maestro_ml.server.tracking.repository import ExperimentRepository


class ExperimentUseCases:
    """Make, change, trash and restore experiments."""

    async def create_experiment(self, unit: UnitOfWork, body: ExperimentCreate) -> Experiment:
        """A new experiment. Raises ExperimentNameTaken."""
        experiment = await ExperimentRepository(unit.session).create(
            body.name, location=body.artifact_location, tags=dict(body.tags)
        )
        if experiment is None:
            raise await self._name_taken(unit, body.name)
        unit.record(
            "tracking.experiment.created",
            "experiment",
            experiment.id,
            after={"name": experiment.name, "artifact_location": experiment.artifact_location},
        )
        return experiment

    async def get_experiment(self, unit: UnitOfWork, experiment_id: int) -> Experiment:
        """The experiment, in the trash or not. Raises ExperimentNotFound."""
        found = await ExperimentRepository(unit.session).find(id=experiment_id)
        if found is None:
            raise outcomes.experiment_not_found(experiment_id)
        return found

    async def get_experiment_by_name(self, unit: UnitOfWork, name: str) -> Experiment:
        """The experiment with this name, in the trash or not. Raises ExperimentNotFound."""
        found = await self.find_experiment(unit, name)
        if found is None:
            raise outcomes.experiment_not_found(repr(name[:100]))
        return found

    async def find_experiment(self, unit: UnitOfWork, name: str) -> Experiment | None:
        """The experiment with this name, in the trash or not."""
        return await ExperimentRepository(unit.session).find(name=name)

    async def get_or_create_experiment(self, unit: UnitOfWork, name: str) -> Experiment:
        """The experiment with this name, made when there is none.

        Raises ExperimentDeleted when it lies in the trash.
        """
        repository = ExperimentRepository(unit.session)
        found = await repository.find(name=name)
        if found is None:
            try:
                return await self.create_experiment(unit, ExperimentCreate(name=name))
            except ExperimentNameTaken:  # somebody was faster
                found = await repository.find(name=name)
        assert found is not None
        if found.lifecycle is Lifecycle.DELETED:
            raise outcomes.experiment_deleted(found.id)
        return found

    async def update_experiment(
        self, unit: UnitOfWork, experiment_id: int, body: ExperimentUpdate
    ) -> Experiment:
        """Rename an experiment, set or remove tags.

        Raises ExperimentNotFound, ExperimentDeleted or ExperimentNameTaken.
        """
        was = await self._lock(unit, experiment_id)
        if was.lifecycle is Lifecycle.DELETED:
            raise outcomes.experiment_deleted(experiment_id)
        repository = ExperimentRepository(unit.session)
        if body.name not in (None, was.name) and await repository.find(name=body.name):
            raise await self._name_taken(unit, body.name or "")
        tags = {key: value for key, value in {**was.tags, **body.tags}.items() if value is not None}
        changed = was.model_copy(
            update={"name": body.name or was.name, "tags": tags, "updated_at": now()}
        )
        await repository.save(changed, deleted_at=None)
        unit.record(
            "tracking.experiment.updated",
            "experiment",
            experiment_id,
            before={"name": was.name, "tags": was.tags},
            after={"name": changed.name, "tags": changed.tags},
        )
        return changed

    async def delete_experiment(self, unit: UnitOfWork, experiment_id: int) -> None:
        """Move an experiment and its runs to the trash, where it keeps its name and their data.

        Raises ExperimentNotFound; what is in the trash already stays there.
        """
        await self._move(unit, experiment_id, Lifecycle.DELETED)

    async def restore_experiment(self, unit: UnitOfWork, experiment_id: int) -> Experiment:
        """Take an experiment out of the trash, and the runs that went there with it.

        Raises ExperimentNotFound.
        """
        return await self._move(unit, experiment_id, Lifecycle.ACTIVE)

    async def _move(self, unit: UnitOfWork, experiment_id: int, to: Lifecycle) -> Experiment:
        was = await self._lock(unit, experiment_id)
        if was.lifecycle is to:
            return was
        moment = now()
        moved = was.model_copy(update={"lifecycle": to, "updated_at": moment})
        gone = to is Lifecycle.DELETED
        repository = ExperimentRepository(unit.session)
        if gone:
            await repository.delete_runs(experiment_id, moment)
        else:
            await repository.restore_runs(experiment_id)
        await repository.save(moved, deleted_at=moment if gone else None)
        unit.record(
            f"tracking.experiment.{'deleted' if gone else 'restored'}",
            "experiment",
            experiment_id,
            before={"name": was.name},
        )
        return moved

    async def _lock(self, unit: UnitOfWork, experiment_id: int) -> Experiment:
        found = await ExperimentRepository(unit.session).find(id=experiment_id, lock=True)
        if found is None:
            raise outcomes.experiment_not_found(experiment_id)
        return found

    async def _name_taken(self, unit: UnitOfWork, name: str) -> ExperimentNameTaken:
        holder = await ExperimentRepository(unit.session).find(name=name)
        if holder is not None and holder.lifecycle is Lifecycle.DELETED:
            return ExperimentNameTaken(
                f"The experiment {name!r} lies in the trash and keeps its name. Restore it with "
                f"`maestro experiments restore {holder.id}`, or choose another name."
            )
        return ExperimentNameTaken(
            f"There is an experiment {name!r} already. Use it, or choose another name."
        )
