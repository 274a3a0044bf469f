"""What spans the domains: search over all of them, what changed, notifications, what takes space.

It reads the other rooms' tables and writes none of them; its own row is how far somebody has read.
"""

from maestro_ml.server.overview.service import OverviewService

__all__ = ["OverviewService"]
