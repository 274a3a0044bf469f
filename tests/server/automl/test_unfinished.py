"""What a search that died leaves for its next attempt, and that nothing else stays."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import uuid4

import pytest

from maestro_ml.server.automl.unfinished import trial_folder


def test_a_second_attempt_finds_what_the_first_one_left(tmp_path: Path) -> None:
    job = uuid4()
    (tmp_path / job.hex).mkdir()
    (tmp_path / job.hex / "one.trial").write_text("x")
    with trial_folder(tmp_path, job, 2) as folder:
        assert [path.name for path in folder.iterdir()] == ["one.trial"]
    assert not folder.exists()


def test_a_first_attempt_begins_with_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    job = uuid4()
    (tmp_path / job.hex).mkdir()
    (tmp_path / job.hex / "one.trial").write_text("x")
    with pytest.raises(ValueError, match="failed"), trial_folder(tmp_path, job, 1) as folder:  # noqa: PT012
        assert list(folder.iterdir()) == []
        raise ValueError("failed")
    assert list(tmp_path.iterdir()) == []


def test_what_was_given_up_days_ago_goes_and_what_runs_stays(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "running").mkdir()
    os.utime(tmp_path / "old", (0, time.time() - 4 * 24 * 3600))
    with trial_folder(tmp_path, uuid4(), 1):
        assert not (tmp_path / "old").exists()
        assert (tmp_path / "running").exists()
