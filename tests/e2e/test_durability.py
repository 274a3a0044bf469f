"""What was acknowledged survives the death of any process."""

from __future__ import annotations

import pytest
from bench.durability import VICTIMS, survive


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.timing
def test_no_acknowledged_write_is_lost_when_processes_are_killed() -> None:
    outcome = survive(len(VICTIMS))
    assert outcome.acknowledged > 20
    assert (outcome.lost, outcome.doubled) == (0, 0)
