"""Where a new version may come from: nothing on the server's own disk, and nothing by a detour."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote_plus, urlsplit

from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.protocols.mlflow.artifacts import version_in_tree, version_uri
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.registry_rules import (
    model_missing,
    number_of,
    stage_of,
    version_missing,
)
from maestro_ml.server.registry import (
    RegistryFunctions,
    VersionRecord,
    VersionRequest,
)
from maestro_ml.server.tracking import (
    ArtifactTree,
    LoggedModelNotFound,
    LoggedModelService,
    RunNotFound,
    has_owner,
    model_artifact_uri,
    path_in_tree,
)

_MOST_COPIES = 20
"""Copies of copies whose first source is looked for."""


class VersionSources:
    """Checks the source of a version, and finds its files if they are the tenant's own."""

    def __init__(self, units: UnitsOfWork, tree: ArtifactTree, models: LoggedModelService) -> None:
        self._units = units
        self._tree = tree
        self._models = models

    async def resolve(
        self, context: Context, functions: RegistryFunctions, request: VersionRequest
    ) -> VersionRequest:
        """`request` with the place of its files. Raises InvalidParameter, DoesNotExist."""
        parts = urlsplit(request.source, allow_fragments=False)
        if parts.scheme in ("", "file"):
            raise _refused_local(request)
        _refuse_detours(request.source)
        match parts.scheme:
            case "models":
                return await self._from_models(context, functions, request)
            case "runs":
                return await self._from_run(context, request)
        # With a host it is the tree of whoever answers there.
        path = None if parts.netloc else path_in_tree(request.source)
        if path is None:
            return await self._with_run(context, request)
        owner = await self._owner(context, request)
        within = owner is None or f"{path}/".startswith(f"{owner}/")
        if not within and has_owner(path):
            raise _not_its_own(request)
        return await self._with_run(context, _at(request, path))

    async def location(
        self, context: Context, functions: RegistryFunctions, version: VersionRecord
    ) -> str:
        """Where clients find the files of a version: here, or where its source says."""
        for _ in range(_MOST_COPIES):
            if version.held or version.source is None:
                return version_uri(version.id)
            parts = urlsplit(version.source, allow_fragments=False)
            name, slash, number = parts.path.removeprefix("/").partition("/")
            if parts.scheme != "models":
                break
            if not slash:
                return await self._model_uri(context, name) or version.source
            found = await functions.find_version(name, number=number_of(number))
            if found.problem is not None:
                break
            version = found
        return version.source or version_uri(version.id)

    async def _from_run(self, context: Context, request: VersionRequest) -> VersionRequest:
        parts = urlsplit(request.source, allow_fragments=False)
        run_id, _, inside = parts.path.strip("/").partition("/")
        if parts.netloc or request.logged_model_id or not run_id or run_id != request.run_id:
            raise _not_its_own(request)
        root = await self._run_root(context, run_id)
        return request if root is None else replace(request, path=f"{root}/{inside}".rstrip("/"))

    async def _from_models(
        self, context: Context, functions: RegistryFunctions, request: VersionRequest
    ) -> VersionRequest:
        parts = urlsplit(request.source, allow_fragments=False)
        name, slash, suffix = parts.path.removeprefix("/").partition("/")
        if parts.netloc or not name.strip() or (slash and not suffix.strip()) or "/" in suffix:
            raise _not_its_own(request, "model_id")
        if not slash and "@" not in name:
            if name != request.logged_model_id:
                raise _not_its_own(request, "model_id")
            path = await self._model_path(context, request)
            return await self._with_run(context, replace(request, path=path))
        found = await _find(functions, name, suffix)
        if request.run_id and request.run_id != (found.run_id or ""):
            raise InvalidParameter(
                f"Invalid model version source: '{request.source}'. The run_id and model_id request "
                "parameters must match the referenced model version."
            )
        return replace(
            request,
            source=f"models:/{found.model}/{found.number}",
            run_id=request.run_id or found.run_id or "",
            version_id=found.id,
        )

    async def _owner(self, context: Context, request: VersionRequest) -> str | None:
        """The folder of the run or logged model that the source must lie in, if one is named."""
        if request.logged_model_id:
            return await self._model_path(context, request)
        if request.run_id:
            return await self._run_root(context, request.run_id) or "\0"
        return None

    async def _model_path(self, context: Context, request: VersionRequest) -> str | None:
        uri = await self._model_uri(context, request.logged_model_id or "")
        if uri is None:
            raise _not_its_own(request, "model_id")
        return path_in_tree(uri)

    async def _model_uri(self, context: Context, model_id: str) -> str | None:
        try:
            model = await self._models.get(context, model_id)
        except LoggedModelNotFound:
            return None
        return model_artifact_uri(model.experiment_id, model.artifact_location, model.id)

    async def _run_root(self, context: Context, run_id: str) -> str | None:
        try:
            async with self._units.tenant(context) as unit:
                return path_in_tree((await self._tree.run_folder(unit, run_id)).uri)
        except RunNotFound:
            return None

    async def _with_run(self, context: Context, request: VersionRequest) -> VersionRequest:
        """`request` with the run that left the logged model, unless another one is named."""
        if request.run_id or not request.logged_model_id:
            return request
        try:
            model = await self._models.get(context, request.logged_model_id)
        except LoggedModelNotFound as error:
            raise _not_its_own(request, "model_id") from error
        return replace(request, run_id=model.source_run_id)


def _at(request: VersionRequest, path: str) -> VersionRequest:
    version = version_in_tree(path)
    if version is None:
        return replace(request, path=path)
    return replace(request, version_id=version)


async def _find(functions: RegistryFunctions, name: str, suffix: str) -> VersionRecord:
    """The version that `name/suffix` or `name@alias` names. Raises DoesNotExist."""
    alias = None
    if not suffix:
        name, _, alias = name.rpartition("@")
    number = number_of(suffix) if suffix.isdigit() else None
    if suffix and number is None and suffix.lower() != "latest":
        number = await _newest_in(functions, name, suffix)
    found = await functions.find_version(name, number=number, alias=alias)
    if found.problem == "model_missing":
        raise model_missing(name)
    if found.problem is not None:
        raise version_missing(name, suffix or alias or "latest")
    return found


async def _newest_in(functions: RegistryFunctions, name: str, stage: str) -> int:
    model = await functions.find_model(name)
    if model is None:
        raise model_missing(name)
    wanted = stage_of(stage)
    for version in await functions.list_versions(model.latest):
        if version.stage == wanted:
            return version.number
    raise version_missing(name, stage)


def _refuse_detours(source: str) -> None:
    decoded = source
    while (once := unquote_plus(decoded)) != decoded:
        decoded = once
    path = re.sub(r"/+", "/", urlsplit(decoded).path.rstrip("/"))
    winding = not path.startswith("/") or posixpath.normpath(path) != path
    if winding or "\0" in decoded or ".." in re.split(r"[/\\]", decoded):
        raise InvalidParameter(
            f"Invalid model version source: '{source}'. If supplying a source as an http, https, "
            "local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be "
            "provided without relative path references present. Please provide an absolute path."
        )


def _refused_local(request: VersionRequest) -> InvalidParameter:
    field = "model_id" if request.logged_model_id else "run_id"
    return InvalidParameter(
        f"Invalid model version source: '{request.source}'. To use a local path as a model version "
        f"source, the {field} request parameter has to be specified and the local path has to be "
        f"contained within the artifact directory of the run specified by the {field}."
    )


def _not_its_own(request: VersionRequest, field: str = "") -> InvalidParameter:
    named = field or ("model_id" if request.logged_model_id else "run_id")
    return InvalidParameter(
        f"Invalid model version source: '{request.source}'. The {named} request parameter must "
        "identify the resource that contains the source."
    )
