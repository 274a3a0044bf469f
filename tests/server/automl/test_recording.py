"""What a search tells of its trials while it goes on."""

from __future__ import annotations

from tests.server.automl.conftest import Searching


async def test_finished_trials_are_told_with_what_they_are_made_of(searching: Searching) -> None:
    results = await searching.run(await searching.submit(max_trials=2))
    made_of = {row["name"]: row["params"] for row in results["leaderboard"]}
    first = next(report for report in searching.reports if report.data["leaderboard"])
    [alone] = first.data["leaderboard"]
    assert alone["params"] == made_of[alone["name"]]
    told = {row["name"]: row["params"] for row in searching.reports[-1].data["leaderboard"]}
    assert any(told.values())
    assert told == {name: made_of[name] for name in told}
