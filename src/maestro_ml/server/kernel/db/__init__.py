"""The one way to PostgreSQL: tables, tenant-bound sessions, units of work, and prepared calls for hot paths."""

from maestro_ml.server.kernel.db.base import Base, TenantScoped, utc_timestamp
from maestro_ml.server.kernel.db.calls import Calls, SessionCalls, actor_columns
from maestro_ml.server.kernel.db.database import Database
from maestro_ml.server.kernel.db.prepared import PreparedCalls
from maestro_ml.server.kernel.db.unit_of_work import (
    SYSTEM_ACTOR,
    AuditEntry,
    AuditSink,
    UnitOfWork,
    UnitsOfWork,
)

__all__ = [
    "SYSTEM_ACTOR",
    "AuditEntry",
    "AuditSink",
    "Base",
    "Calls",
    "Database",
    "PreparedCalls",
    "SessionCalls",
    "TenantScoped",
    "UnitOfWork",
    "UnitsOfWork",
    "actor_columns",
    "utc_timestamp",
]
