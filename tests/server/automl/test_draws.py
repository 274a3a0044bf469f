"""Which searches are drawn, and how often they start cold."""

from __future__ import annotations

import pytest

from maestro_ml.contracts.automl import SearchArm
from maestro_ml.server.automl.draws import StartDraw, draw_start


def test_the_share_of_cold_starts_is_what_was_set() -> None:
    draws = [draw_start(9, wanted=True, cold_share=0.15, seed=seed) for seed in range(4000)]
    cold = [draw for draw in draws if draw.arm is SearchArm.COLD]
    assert len(cold) / len(draws) == pytest.approx(0.15, abs=0.02)
    assert {draw.propensity for draw in cold} == {0.15}
    assert not any(draw.uses_history for draw in cold)
    assert {d.propensity for d in draws if d.arm is SearchArm.WARM} == {0.85}


def test_a_seed_repeats_its_draw() -> None:
    assert len({draw_start(9, wanted=True, cold_share=0.5, seed=7) for _ in range(5)}) == 1


@pytest.mark.parametrize(
    ("past", "wanted", "share", "history"),
    [(2, True, 0.15, False), (3, False, 0.15, False), (3, True, 0.0, True)],
)
def test_where_nothing_is_to_be_decided_nothing_is_drawn(
    past: int, wanted: bool, share: float, history: bool
) -> None:
    draw = draw_start(past, wanted=wanted, cold_share=share, seed=1)
    assert (draw.arm, draw.propensity, draw.seed) == (None, None, None)
    assert draw.uses_history is history


def test_searches_that_were_queued_before_there_were_draws_start_without_history() -> None:
    assert not StartDraw().uses_history
