"""Every table of the platform, for the migrations' check that the schema equals the code."""

from __future__ import annotations

from maestro_ml.server.audit import tables as audit
from maestro_ml.server.identity import tables as identity
from maestro_ml.server.jobs import tables as jobs
from maestro_ml.server.kernel.db import Base
from maestro_ml.server.kernel.http import tables as idempotency

DECLARED_BY = (audit, identity, jobs, idempotency)
metadata = Base.metadata
