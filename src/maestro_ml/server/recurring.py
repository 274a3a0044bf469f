"""The recurring work of the platform beside that of jobs; a domain adds its lines here."""

from __future__ import annotations

from maestro_ml.server.audit import AuditSealing
from maestro_ml.server.cleaning import Cleaning
from maestro_ml.server.jobs.worker import Periodic
from maestro_ml.server.tracking import RunCompaction
from maestro_ml.server.wiring import Platform


def recurring_work(platform: Platform) -> list[Periodic]:
    """What the workers of an installation do at fixed times, any one of them for all."""
    return [
        Periodic("seal audit", "* * * * * */5", AuditSealing(platform.units).run),
        Periodic("compact runs", "* * * * * */10", RunCompaction(platform.units).run),
        Periodic("clean", "23 3 * * *", Cleaning(platform).run),
    ]
