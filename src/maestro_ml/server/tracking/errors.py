"""What can go wrong with experiments and runs."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import (
    Conflict,
    InvalidInput,
    MaestroError,
    NotFound,
    TooLarge,
)


class ExperimentNotFound(NotFound):
    """No such experiment in the caller's tenant."""

    code = "tracking.experiment_not_found"


class ExperimentNameTaken(Conflict):
    """Names are unique in a tenant, and the trash keeps them."""

    code = "tracking.experiment_name_taken"


class ExperimentDeleted(Conflict):
    """The experiment lies in the trash."""

    code = "tracking.experiment_deleted"


class RunNotFound(NotFound):
    """No such run in the caller's tenant."""

    code = "tracking.run_not_found"


class RunDeleted(Conflict):
    """The run lies in the trash."""

    code = "tracking.run_deleted"


class ParamChanged(Conflict):
    """A param keeps the value it was given first."""

    code = "tracking.param_changed"


class LoggedModelNotFound(NotFound):
    """No such logged model in the caller's tenant, or it was deleted."""

    code = "tracking.logged_model_not_found"


class LoggedModelTagNotFound(NotFound):
    """The logged model has no such tag."""

    code = "tracking.logged_model_tag_not_found"


class MetricNotFound(NotFound):
    """The run has no such metric."""

    code = "tracking.metric_not_found"


class BatchMalformed(MaestroError):
    """The body has not the form of what is logged, or is beyond its limits."""

    code = "tracking.batch_malformed"
    status = 422
    title = "The request does not have the expected form"


class ArtifactNotFound(NotFound):
    """The run has no such file."""

    code = "tracking.artifact_not_found"


class ArtifactPathTaken(Conflict):
    """A path is a file or a folder, not both."""

    code = "tracking.artifact_path_taken"


class ArtifactTooLarge(TooLarge):
    """More bytes than one file may have."""

    code = "tracking.artifact_too_large"


class ArtifactInterrupted(InvalidInput):
    """The sender was gone before the last byte."""

    code = "tracking.artifact_interrupted"


class ImportMalformed(InvalidInput):
    """What was sent is no run with its points."""

    code = "tracking.import_malformed"


class RunElsewhere(Conflict):
    """A run with this id is in another experiment."""

    code = "tracking.run_elsewhere"


class NotInTrash(Conflict):
    """Only what was deleted can be purged."""

    code = "tracking.not_in_trash"


class NoteChanged(MaestroError):
    """Somebody wrote the note in between."""

    code = "tracking.note_changed"
    status = 412
    title = "The note is not what you have read"


class RunViewNotFound(NotFound):
    """No such view in the caller's tenant."""

    code = "tracking.run_view_not_found"


class RunViewNameTaken(Conflict):
    """Names of views are unique in an experiment."""

    code = "tracking.run_view_name_taken"


class RunViewTooLarge(TooLarge):
    """What a view shows is more than it may hold."""

    code = "tracking.run_view_too_large"


class PreviewTicketInvalid(NotFound):
    """The address of a preview was made up, or its time is over."""

    code = "tracking.preview_ticket_invalid"
