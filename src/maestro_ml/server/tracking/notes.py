"""Notes of experiments and runs inside a unit of work: a Markdown text with an ETag.

They are kept where MLflow's clients and pages look for them, in the tag `mlflow.note.content`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from maestro_ml.contracts.selections import Note
from maestro_ml.contracts.tracking import ExperimentUpdate, RunId
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import NoteChanged
from maestro_ml.server.tracking.experiments import ExperimentUseCases
from maestro_ml.server.tracking.repository import ExperimentRepository, SelectionRepository
from maestro_ml.server.tracking.selections import SelectionUseCases, lock_runs

NOTE_TAG = "mlflow.note.content"


class NoteUseCases(ExperimentUseCases, SelectionUseCases):
    """Read and write notes; `known` is the ETag of the text that the writer has read, if any."""

    async def get_run_note(self, unit: UnitOfWork, run_id: UUID) -> Note:
        """The note of a run, in the trash or not. Raises RunNotFound."""
        rows = await SelectionRepository(unit.session).runs([run_id])
        if not rows:
            raise outcomes.run_not_found(run_id)
        return _note(rows[0].tags)

    async def set_run_note(
        self, unit: UnitOfWork, run_id: UUID, content: str, *, known: str | None
    ) -> Note:
        """Write the note of a run. Raises RunNotFound, RunDeleted, NoteChanged."""
        (run,) = await lock_runs(unit, [RunId(run_id)])
        _require_unchanged(_note(run.tags), known)
        await self.tag_runs(unit, [RunId(run_id)], {NOTE_TAG: content or None})
        return Note(content=content)

    async def get_experiment_note(self, unit: UnitOfWork, experiment_id: int) -> Note:
        """The note of an experiment, in the trash or not. Raises ExperimentNotFound."""
        return _note((await self.get_experiment(unit, experiment_id)).tags)

    async def set_experiment_note(
        self, unit: UnitOfWork, experiment_id: int, content: str, *, known: str | None
    ) -> Note:
        """Write the note of an experiment.

        Raises ExperimentNotFound, ExperimentDeleted, NoteChanged.
        """
        found = await ExperimentRepository(unit.session).find(id=experiment_id, lock=True)
        if found is None:
            raise outcomes.experiment_not_found(experiment_id)
        _require_unchanged(_note(found.tags), known)
        tags = {NOTE_TAG: content or None}
        await self.update_experiment(unit, experiment_id, ExperimentUpdate(tags=tags))
        return Note(content=content)


def etag_of(note: Note) -> str:
    """What changes with the note's text."""
    return f'"{hashlib.sha256(note.content.encode()).hexdigest()[:32]}"'


def _note(tags: Mapping[str, Any]) -> Note:
    return Note(content=tags.get(NOTE_TAG, ""))


def _require_unchanged(note: Note, known: str | None) -> None:
    if known not in (None, "*", etag_of(note)):
        raise NoteChanged(
            "Somebody has changed this note since you read it. Read it again, and put both together."
        )
