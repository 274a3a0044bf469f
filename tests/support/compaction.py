"""Packing all that there is to pack: other tests leave thousands of finished runs behind."""

from maestro_ml.server.tracking import RunCompaction
from maestro_ml.server.wiring import Platform


async def pack_everything(platform: Platform) -> None:
    """Until no run is due."""
    compaction = RunCompaction(platform.units, settle_seconds=0)
    while await compaction.run():
        pass
