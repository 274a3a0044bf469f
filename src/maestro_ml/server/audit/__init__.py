"""The append-only, hash-chained record of every change; owns nothing else.

Entries come from units of work (`UnitOfWork.record`) and are written in their transaction; they are
sealed in groups, soon after the commit and always before they are read.
"""

from maestro_ml.server.audit.sealing import AuditSealing
from maestro_ml.server.audit.service import AuditService, AuditTrail

__all__ = ["AuditSealing", "AuditService", "AuditTrail"]
