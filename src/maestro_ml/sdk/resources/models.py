"""Registered models: versions, aliases, stages, files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, overload

from maestro_ml.contracts import registry as contracts
from maestro_ml.contracts.registry import (
    AliasSet,
    ModelComparison,
    ModelCreate,
    ModelHistory,
    ModelUpdate,
    Stage,
    StageTransition,
    VersionUpdate,
)
from maestro_ml.sdk import model_files
from maestro_ml.sdk.errors import InvalidRequest
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.streams import Progress
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

Number = int | str
"""A version: 3, "3" or "v3"."""


class ModelVersion:
    """One version; `info` is what the server last said of it."""

    def __init__(self, transport: Transport, info: contracts.ModelVersion) -> None:
        self._transport = transport
        self.info = info

    @property
    def model(self) -> str:
        """The model's name."""
        return self.info.model

    @property
    def version(self) -> int:
        """The version's number."""
        return self.info.version

    @property
    def stage(self) -> Stage:
        """The version's stage."""
        return self.info.stage

    @property
    def metrics(self) -> dict[str, float]:
        """What the version scored when it was made."""
        return self.info.metrics

    def transition_stage(
        self, stage: Stage | str, *, archive_existing: bool = False
    ) -> ModelVersion:
        """Move to `stage` ("production", in any case), and others that hold it to Archived if wanted."""
        body = StageTransition(stage=Stage(stage), archive_existing=archive_existing)
        path = self._path("stage")
        self.info = self._transport.request("POST", path, contracts.ModelVersion, body=body)
        return self

    def set_alias(self, alias: str) -> ModelVersion:
        """Let `alias` name this version from now on."""
        path = api("models", self.model, "aliases", alias)
        body = AliasSet(version=self.version)
        self.info = self._transport.request("PUT", path, contracts.ModelVersion, body=body)
        return self

    def update(
        self, *, description: str | None = None, tags: Mapping[str, str] | None = None
    ) -> ModelVersion:
        """Describe the version, or replace its tags."""
        body = VersionUpdate(description=description, tags=None if tags is None else dict(tags))
        path = self._path()
        self.info = self._transport.request("PATCH", path, contracts.ModelVersion, body=body)
        return self

    def download(self, path: str | PathLike[str], *, on_progress: Progress | None = None) -> Path:
        """Save the version's files.

        A path that ends in .zip gets all files as a zip; one with another ending, such as model.pkl,
        gets the one file with that ending; any other path becomes the MLflow model directory. Raises
        InvalidRequest when no file or several have the ending.
        """
        target = Path(path)
        if target.suffix == ".zip":
            return self._transport.download(self._path("download"), target, progress=on_progress)
        if target.suffix and not target.is_dir():
            wanted = self._path("files", *self._file_like(target.suffix).split("/"))
            return self._transport.download(wanted, target, progress=on_progress)
        with tempfile.TemporaryDirectory(prefix="maestro-") as folder:
            archive = Path(folder, "model.zip")
            self._transport.download(self._path("download"), archive, progress=on_progress)
            return model_files.unpack(archive, target)

    def load(self) -> Any:
        """The model as `mlflow.pyfunc` loads it, ready to `predict(table)`.

        Needs the libraries in the version's requirements.txt, and runs its author's code. Raises
        ConfigurationError when MLflow is not installed.
        """
        with tempfile.TemporaryDirectory(prefix="maestro-") as folder:
            return model_files.load(self.download(Path(folder, "model")))

    def delete(self) -> None:
        """Delete the version and its files; its number stays taken. Raises Conflict while it serves."""
        self._transport.request("DELETE", self._path())

    def _file_like(self, suffix: str) -> str:
        found = [file.path for file in self.info.files if Path(file.path).suffix == suffix]
        if len(found) != 1:
            listed = ", ".join(file.path for file in self.info.files)
            raise InvalidRequest(
                f"{len(found)} files of {self.model}/{self.version} end in {suffix}: it has {listed}. "
                "Download the whole version into a folder or a .zip.",
                code="registry.file_not_found",
                status=404,
            )
        return found[0]

    def _path(self, *below: str) -> str:
        return api("models", self.model, "versions", self.version, *below)

    def __repr__(self) -> str:
        return f"<ModelVersion {self.model}/{self.version}>"


class Model:
    """A named line of versions; `info` is what the server last said of it."""

    def __init__(self, transport: Transport, info: contracts.Model) -> None:
        self._transport = transport
        self.info = info

    @property
    def name(self) -> str:
        """The model's name."""
        return self.info.name

    def versions(self) -> Pages[contracts.ModelVersion]:
        """All versions, newest first."""
        path = api("models", self.name, "versions")
        return Pages(self._transport, path, contracts.ModelVersion)

    def version(self, number: Number) -> ModelVersion:
        """One version. Raises NotFound."""
        return Models(self._transport).get(self.name, version=number)

    def delete_alias(self, alias: str) -> None:
        """Remove an alias. Raises NotFound."""
        self._transport.request("DELETE", api("models", self.name, "aliases", alias))

    def history(self, at: datetime | None = None) -> ModelHistory:
        """How the model stood at a time (now by default), and its latest changes before."""
        return Models(self._transport).history(self.name, at)

    def compare(self, *versions: Number) -> ModelComparison:
        """Two or more versions side by side."""
        path = api("models", self.name, "compare")
        return self._transport.request("GET", path, ModelComparison, params={"version": versions})

    def update(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Model:
        """Rename or describe the model, or replace its tags. Raises Conflict."""
        body = ModelUpdate(
            name=name, description=description, tags=None if tags is None else dict(tags)
        )
        path = api("models", self.name)
        self.info = self._transport.request("PATCH", path, contracts.Model, body=body)
        return self

    def __repr__(self) -> str:
        return f"<Model {self.name}>"


class Models:
    """`client.models`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, name: str, *, description: str = "", tags: Mapping[str, str] | None = None
    ) -> Model:
        """A model without versions. Raises Conflict, and InvalidRequest for a name with / or :."""
        body = ModelCreate(name=name, description=description, tags=dict(tags or {}))
        info = self._transport.request("POST", api("models"), contracts.Model, body=body)
        return Model(self._transport, info)

    def register(
        self,
        name: str,
        path: str | PathLike[str],
        *,
        source_run_id: str | None = None,
        description: str = "",
        on_progress: Progress | None = None,
    ) -> ModelVersion:
        """Register an MLflow model directory (or a zip or tar of one) as the next version of `name`.

        The model is made if there is none. Raises InvalidRequest, which says what is wrong with it.
        """
        params = {"source_run_id": source_run_id, "description": description or None}
        with model_files.archived(Path(path)) as archive:
            info = self._transport.upload(
                "POST",
                api("models", name, "versions"),
                archive,
                contracts.ModelVersion,
                params=params,
                media_type="application/zip",
                idempotent=False,
                progress=on_progress,
            )
        return ModelVersion(self._transport, info)

    @overload
    def get(self, name: str) -> Model: ...
    @overload
    def get(self, name: str, *, version: Number) -> ModelVersion: ...
    @overload
    def get(self, name: str, *, alias: str) -> ModelVersion: ...

    def get(
        self, name: str, *, version: Number | None = None, alias: str | None = None
    ) -> Model | ModelVersion:
        """A model, or its version with this number or alias. Raises NotFound.

        >>> client.models.get("churn", version="v3").metrics      # doctest: +SKIP
        {'roc_auc': 0.91}
        """
        if version is None and alias is None:
            info = self._transport.request("GET", api("models", name), contracts.Model)
            return Model(self._transport, info)
        below = ("aliases", alias) if version is None else ("versions", version)
        path = api("models", name, *below)
        found = self._transport.request("GET", path, contracts.ModelVersion)
        return ModelVersion(self._transport, found)

    def search(self, text: str = "", **tags: str) -> Pages[contracts.Model]:
        """The models with `text` in their name and all of these tags."""
        pairs = [f"{key}={value}" for key, value in tags.items()]
        filters = {"search": text or None, "tag": pairs}
        return Pages(self._transport, api("models"), contracts.Model, filters)

    def history(self, name: str, at: datetime | None = None) -> ModelHistory:
        """How a model stood at a time (now by default), even if it is deleted since."""
        params = {"at": None if at is None else at.astimezone().isoformat()}
        path = api("models", name, "history")
        return self._transport.request("GET", path, ModelHistory, params=params)

    def delete(self, name: str) -> None:
        """Delete a model with all versions and files; its history stays. Raises NotFound, Conflict."""
        self._transport.request("DELETE", api("models", name))

    def list(self) -> Pages[contracts.Model]:
        """All models by name."""
        return self.search()
