"""The append-only, hash-chained record of every change; owns nothing else.

Entries come from units of work (`UnitOfWork.record`) and are written in their transaction.
"""

from maestro_ml.server.audit.service import AuditService, AuditTrail

__all__ = ["AuditService", "AuditTrail"]
