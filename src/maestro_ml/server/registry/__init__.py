"""Registered models: versions with their files, aliases, stages and the history of all changes.

It does not run models (serving does), nor decide who may promote one (governance will).
"""

from maestro_ml.server.registry.errors import (
    AliasNotFound,
    ModelNameTaken,
    ModelNotFound,
    VersionNotFound,
)
from maestro_ml.server.registry.files import VersionFiles
from maestro_ml.server.registry.imports import RegistryImportService
from maestro_ml.server.registry.repository_functions import (
    ModelRecord,
    RegistryFunctions,
    VersionRecord,
)
from maestro_ml.server.registry.repository_search import RegistrySearch, RegistrySearchRepository
from maestro_ml.server.registry.repository_sources import SourcedVersion
from maestro_ml.server.registry.rules import check_model_name
from maestro_ml.server.registry.sourced import SourcedVersions, VersionRequest
from maestro_ml.server.registry.sources import runs_behind_versions, versions_trained_on
from maestro_ml.server.registry.versions import RegistryService

__all__ = [
    "AliasNotFound",
    "ModelNameTaken",
    "ModelNotFound",
    "ModelRecord",
    "RegistryFunctions",
    "RegistryImportService",
    "RegistrySearch",
    "RegistrySearchRepository",
    "RegistryService",
    "SourcedVersion",
    "SourcedVersions",
    "VersionFiles",
    "VersionNotFound",
    "VersionRecord",
    "VersionRequest",
    "check_model_name",
    "runs_behind_versions",
    "versions_trained_on",
]
