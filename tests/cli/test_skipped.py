"""Candidates without a score on the terminal: grouped by why, what was looked at by its promise."""

from __future__ import annotations

import pytest

from maestro_ml.cli.automl import show_skipped
from maestro_ml.cli.output import Mode, Output
from maestro_ml.contracts.automl import SkippedCandidate


def looked(name: str, expected: float) -> SkippedCandidate:
    reason = f"it scored {expected} on 1 of 5 folds, others promised more, and time was used up"
    return SkippedCandidate(name=name, family="forest", reason=reason, expected=expected)


def left(name: str) -> SkippedCandidate:
    return SkippedCandidate(name=name, family="forest", reason="the time was used up")


def test_what_was_looked_at_is_one_group_the_most_promising_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = Output()
    out.mode = Mode.HUMAN
    show_skipped(out, [left("a"), looked("b", 0.0), left("c"), looked("d", 0.84216)])
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("looked at on a part of the folds, others promised more")
    assert first.endswith("2: d (about 0.8422), b (about 0.0000)")
    assert second.endswith("2: a, c")
