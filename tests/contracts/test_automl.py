"""Figures of a search survive the way through JSON, those that are not there included."""

from __future__ import annotations

import json
import math

import pytest

from maestro_ml.contracts.automl import LeaderboardEntry, SkippedCandidate


@pytest.mark.parametrize(
    ("figure", "kept"), [(0.25, 0.25), (math.nan, None), (-math.inf, None), (None, None)]
)
def test_a_figure_that_json_cannot_hold_is_none(figure: float | None, kept: float | None) -> None:
    entry = LeaderboardEntry(
        rank=1,
        name="lightgbm",
        family="lightgbm",
        score=figure,
        standard_error=figure,
        fit_seconds=0.1,
        predict_ms_per_1000=1,
        memory_mb=1,
        size_bytes=1,
        status="final",
        weight=1,
        params={},
        run_id=None,
    )
    stored = json.loads(json.dumps(entry.model_dump(mode="json"), allow_nan=False))
    again = LeaderboardEntry.model_validate(stored)
    assert (again.score, again.standard_error) == (kept, kept)


def test_a_first_look_that_promises_no_figure_has_none() -> None:
    looked = SkippedCandidate(name="a", family="forest", reason="others were", expected=math.nan)
    assert json.loads(looked.model_dump_json())["expected"] is None
    assert looked.model_copy(update={"expected": 0.7}).model_dump()["expected"] == 0.7
