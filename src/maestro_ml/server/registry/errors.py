"""What can go wrong with models and their versions."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import Conflict, InvalidInput, NotFound, TooLarge


class ModelNotFound(NotFound):
    """No such model in the caller's tenant."""

    code = "registry.model_not_found"


class VersionNotFound(NotFound):
    """The model has no such version, or no longer."""

    code = "registry.version_not_found"


class AliasNotFound(NotFound):
    """The model has no such alias."""

    code = "registry.alias_not_found"


class ModelFileNotFound(NotFound):
    """The version has no such file."""

    code = "registry.file_not_found"


class ModelNameInvalid(InvalidInput):
    """The name would not fit into `models:/name/version`."""

    code = "registry.model_name_invalid"


class AliasInvalid(InvalidInput):
    """The alias could be mistaken for something else."""

    code = "registry.alias_invalid"


class VersionInvalid(InvalidInput):
    """Neither a version number nor `v` and one."""

    code = "registry.version_invalid"


class ReferenceInvalid(InvalidInput):
    """The text names no version of a model."""

    code = "registry.reference_invalid"


class ModelNameTaken(Conflict):
    """A model with this name exists."""

    code = "registry.model_name_taken"


class VersionInUse(Conflict):
    """A deployment serves the version."""

    code = "registry.version_in_use"


class VersionNotReady(Conflict):
    """The version has no complete set of files."""

    code = "registry.version_not_ready"


class ArchiveInvalid(InvalidInput):
    """The upload is no archive that can be read, or one that must not be."""

    code = "registry.archive_invalid"


class PackageInvalid(InvalidInput):
    """The files are no MLflow model."""

    code = "registry.package_invalid"


class PackageTooLarge(TooLarge):
    """The upload, or what it unpacks to, is larger than allowed."""

    code = "registry.package_too_large"


class FilesDamaged(Conflict):
    """The stored files are not the ones that were registered."""

    code = "registry.files_damaged"


class VersionElsewhere(Conflict):
    """The number was given to another version."""

    code = "registry.version_elsewhere"


class ReportNotFound(NotFound):
    """The version has no report of how it did: it comes from elsewhere, or from before there were any."""

    code = "registry.report_not_found"
