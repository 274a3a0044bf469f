"""Everything around models: the registry, logged models, and the artifacts that both are made of."""

from __future__ import annotations

from dataclasses import dataclass

from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.kernel.db import Calls, UnitsOfWork
from maestro_ml.server.protocols.mlflow.artifact_uploads import direct_endpoints
from maestro_ml.server.protocols.mlflow.artifacts import ClientTree, artifact_endpoints
from maestro_ml.server.protocols.mlflow.logged_models import logged_model_endpoints
from maestro_ml.server.protocols.mlflow.model_versions import model_version_endpoints
from maestro_ml.server.protocols.mlflow.registered_models import registered_model_endpoints
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.run_artifacts import run_artifact_endpoints
from maestro_ml.server.protocols.mlflow.version_sources import VersionSources
from maestro_ml.server.registry import RegistryService, SourcedVersions
from maestro_ml.server.search import SearchLanguage
from maestro_ml.server.tracking import ArtifactTree, LoggedModelService


@dataclass(frozen=True, slots=True)
class ModelServices:
    """What these endpoints stand on."""

    calls: Calls
    units: UnitsOfWork
    blobs: BlobStore
    registry: RegistryService
    sourced: SourcedVersions
    tree: ArtifactTree
    models: LoggedModelService
    language: SearchLanguage


def model_endpoints(on: ModelServices) -> list[Endpoint]:
    """Registered models, their versions, logged models and artifacts."""
    sources = VersionSources(on.units, on.tree, on.models)
    files = ClientTree(on.tree, on.registry)
    return [
        *registered_model_endpoints(on.calls, on.units, on.registry, on.language),
        *model_version_endpoints(on.calls, on.units, on.registry, on.sourced, sources, on.language),
        *logged_model_endpoints(on.models, on.language),
        *run_artifact_endpoints(on.units, on.tree, files, on.models, on.registry, on.blobs),
        *artifact_endpoints(on.units, on.tree, files, on.blobs),
        *direct_endpoints(on.units, on.tree, files, on.blobs),
    ]
