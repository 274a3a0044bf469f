"""One tree of files for a tenant: runs have their folders in it, and so has what belongs to no run.

It is the tree that MLflow's clients see behind `mlflow-artifacts:/`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from maestro_ml.contracts.tracking import RunArtifact
from maestro_ml.server.blobs import BlobKey
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.artifacts import ArtifactFiles, Place, get_home, get_live_home
from maestro_ml.server.tracking.errors import ArtifactNotFound, RunNotFound
from maestro_ml.server.tracking.repository import (
    ArtifactRepository,
    FolderEntry,
    LoggedModelFunctions,
    RunHome,
    SessionCalls,
    experiments_with_files,
    runs_with_files,
)
from maestro_ml.server.tracking.rules import artifact_uri, as_run_id

_IN_RUN = re.compile(r"(?P<root>.*/)?(?P<run>[0-9a-f]{32})/artifacts(?:/(?P<path>.*))?\Z")
_IN_MODEL = re.compile(r"(?P<root>.*/)?models/(?P<model>m-[0-9a-f]{32})/artifacts(?:/.*)?\Z")
_LONGEST_ID = 18
_OUR_ROUTE = "/api/2.0/mlflow-artifacts/artifacts/"


def path_in_tree(uri: str) -> str | None:
    """The path in the tree that `uri` names, None if it names a place elsewhere."""
    parts = urlsplit(uri)
    if parts.scheme == "mlflow-artifacts":
        return _tidy(parts.path)
    if parts.scheme in ("http", "https") and _OUR_ROUTE in parts.path:
        return _tidy(parts.path.partition(_OUR_ROUTE)[2])
    return None


def _tidy(path: str) -> str:
    return "/".join(part for part in path.split("/") if part)


def has_owner(path: str) -> bool:
    """Whether `path` has the form of what lies in a run or in a logged model."""
    return _IN_RUN.match(path) is not None or _IN_MODEL.match(path) is not None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """What lies in a folder of a run, and the address of the run's files."""

    uri: str
    entries: list[FolderEntry]


class ArtifactTree:
    """Files by their path in the tree; every method works in the tenant of its unit."""

    def __init__(self, files: ArtifactFiles) -> None:
        self._files = files

    async def put(self, unit: UnitOfWork, path: str, chunks: AsyncIterator[bytes]) -> RunArtifact:
        """Store the bytes of `chunks` at `path`, in place of what was there.

        Raises RunNotFound, RunDeleted, LoggedModelNotFound, and what ArtifactFiles.put raises.
        """
        place = await self._place(unit, path, writing=True)
        return await self._files.put(unit, place, chunks)

    async def reserve(self, unit: UnitOfWork, path: str) -> BlobKey:
        """Where the object store may be given a file at `path`. Raises what `put` raises."""
        place = await self._place(unit, path, writing=True)
        return await self._files.reserve(unit, place)

    async def save(self, unit: UnitOfWork, path: str, *, size: int) -> None:
        """Tell of a file that the object store was given at the reserved `path`."""
        place = await self._place(unit, path, writing=True)
        await self._files.save(unit, place, size=size, sha256=None)

    async def get(self, unit: UnitOfWork, path: str) -> RunArtifact:
        """The file at `path`. Raises ArtifactNotFound."""
        found = await self._files.find(unit, await self._place(unit, path))
        if found is None:
            raise ArtifactNotFound(f"There is no file {path[:200]!r}. Check the path.")
        return found

    async def key(self, unit: UnitOfWork, path: str) -> BlobKey:
        """Where the object store keeps `path`."""
        return self._files.key(unit, await self._place(unit, path))

    async def delete(self, unit: UnitOfWork, path: str) -> int:
        """Delete a file, or a folder with all below it; how many files there were."""
        return await self._files.delete(unit, await self._place(unit, path))

    async def list_folder(self, unit: UnitOfWork, path: str) -> list[FolderEntry]:
        """What lies in the folder `path` itself, by name; nothing for what is no folder."""
        place = await self._place(unit, path)
        found = await ArtifactRepository(unit.session, place.run_id).list_folder(place.path)
        if place.run_id is not None:
            return found
        runs = {name: FolderEntry(name, None) for name in await _run_folders(unit, path)}
        both = {**runs, **{entry.name: entry for entry in found}}
        return [both[name] for name in sorted(both)]

    async def run_folder(self, unit: UnitOfWork, run_id: str, path: str = "") -> RunFolder:
        """What lies in the folder `path` of a run, wherever its experiment wants files kept.

        Raises RunNotFound.
        """
        id = as_run_id(run_id)
        if id is None:
            raise outcomes.run_not_found(run_id)
        home = await get_home(unit, id)
        return RunFolder(
            uri=_uri(home),
            entries=await ArtifactRepository(unit.session, id).list_folder(path),
        )

    async def list_files(self, unit: UnitOfWork, path: str, *, limit: int) -> list[RunArtifact]:
        """The files below the folder `path`; their paths are relative to it."""
        place = await self._place(unit, path)
        found = await self._files.list(unit, place, limit=limit)
        start = len(place.path) + 1 if place.path else 0
        return [each.model_copy(update={"path": each.path[start:]}) for each in found]

    async def _place(self, unit: UnitOfWork, path: str, *, writing: bool = False) -> Place:
        """Raises RunNotFound or LoggedModelNotFound for a path that only they could have."""
        if (match := _IN_RUN.match(path)) is not None:
            run_id = UUID(match["run"])
            home = await _find_home(unit, run_id, live=writing)
            if (
                home is not None
                and path_in_tree(_uri(home)) == path[: match.end("run")] + "/artifacts"
            ):
                return Place(run_id, match["path"] or "")
            if (match["root"] or "").rstrip("/").isdecimal():
                raise outcomes.run_not_found(match["run"])
        elif (match := _IN_MODEL.match(path)) is not None:
            functions = LoggedModelFunctions(SessionCalls(unit.session), unit.context.tenant_id)
            if not await functions.list([match["model"]]):
                raise outcomes.logged_model_not_found(match["model"])
        return Place(None, path)


async def _find_home(unit: UnitOfWork, run_id: UUID, *, live: bool) -> RunHome | None:
    try:
        return await (get_live_home if live else get_home)(unit, run_id)
    except RunNotFound:
        return None


async def _run_folders(unit: UnitOfWork, path: str) -> list[str]:
    """The folders above those of runs: experiments, their runs, and what each run has."""
    if not path:
        return [str(each) for each in await experiments_with_files(unit.session)]
    experiment, _, run = path.partition("/")
    if not experiment.isdecimal() or len(experiment) > _LONGEST_ID:
        return []
    runs = [each.hex for each in await runs_with_files(unit.session, int(experiment))]
    return runs if not run else ["artifacts"] * (run in runs)


def _uri(home: RunHome) -> str:
    return artifact_uri(home.experiment_id, home.artifact_location, home.run_id)
