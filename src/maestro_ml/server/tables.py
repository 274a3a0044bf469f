"""Every table of the platform, for the migrations' check that the schema equals the code."""

from __future__ import annotations

from maestro_ml.server.audit import tables as audit
from maestro_ml.server.automl import tables as automl
from maestro_ml.server.datasets import tables as datasets
from maestro_ml.server.explain import tables as explain
from maestro_ml.server.identity import tables as identity
from maestro_ml.server.jobs import tables as jobs
from maestro_ml.server.kernel.db import Base
from maestro_ml.server.kernel.http import tables as idempotency
from maestro_ml.server.overview import tables as overview
from maestro_ml.server.registry import tables as registry
from maestro_ml.server.serving import tables as serving
from maestro_ml.server.tracking import logged_model_tables as logged_models
from maestro_ml.server.tracking import tables as tracking

DECLARED_BY = (
    audit,
    automl,
    datasets,
    explain,
    identity,
    jobs,
    idempotency,
    logged_models,
    overview,
    registry,
    serving,
    tracking,
)
metadata = Base.metadata
