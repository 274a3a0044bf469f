"""`maestro automl` against a real server: the ledger, what is remembered, and what a search shows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.cli.conftest import Maestro
from tests.support.past_searches import evaluation, past_search

from maestro_ml.cli.search_memory import draw_ratio
from maestro_ml.contracts.automl import SearchArm
from maestro_ml.contracts.value_ledger import Interval
from maestro_ml.server.wiring import Platform

PEOPLE = "age,sex,survived\n" + "".join(f"{n % 60},{'fm'[n % 2]},{n % 2}\n" for n in range(60))


async def remember(admin: Maestro, platform: Platform, *, searches: int) -> None:
    """Searches of six data sets, half of them drawn cold; those need twice the evaluations."""
    bearer = f"Bearer {admin.env['MAESTRO_API_KEY']}"
    context = await platform.edge.authenticator.authenticate(bearer, "test")
    lot = random.Random(3)
    async with platform.units.tenant(context) as unit:
        for number in range(searches):
            arm = SearchArm.COLD if number % 2 else SearchArm.WARM
            needed = lot.choice((8, 10, 12) if number % 2 else (3, 5, 7))
            records = [evaluation(n, 0.9 if n >= needed else 0.7) for n in range(1, 16)]
            row = past_search(f"table {number % 6}", records, arm=arm, propensity=0.5)
            await platform.search_history.remember(unit, row, records)


async def test_the_ledger_is_told_in_words_figures_and_a_picture(
    admin: Maestro, platform: Platform
) -> None:
    await remember(admin, platform, searches=60)
    told = admin("automl", "ledger", COLUMNS="120")
    assert told.code == 0, told.err
    assert told.out.startswith("To the same score, warm starts take 0.5")
    assert "├" in told.out
    assert "●" in told.out
    assert "warm sooner" in told.out
    assert "table 5@1" in told.out
    data = admin("automl", "ledger", "--json").json
    assert (data["state"], data["warm"]["searches"], data["cold"]["searches"]) == (
        "measured",
        30,
        30,
    )
    assert data["effects"][0]["verdict"] == "warm_sooner"
    assert admin("automl", "ledger", "--quiet").out == "measured\n"


async def test_too_early_shows_what_is_lacking_and_searches_are_forgotten(
    admin: Maestro, platform: Platform
) -> None:
    empty = admin("automl", "ledger")
    assert empty.out.startswith("Too early: 0 of 20 cold starts, 0 of 20 warm starts")
    await remember(admin, platform, searches=14)
    told = admin("automl", "ledger")
    assert told.out.startswith("Too early: 7 of 20 cold starts")
    assert "7 of 20" in told.out
    ids = admin("automl", "history", "--json").json
    assert len(ids) == 14
    assert admin("automl", "forget", ids[0]["id"], "--yes").code == 0
    assert len(admin("automl", "history", "--quiet", "--limit", "20").out.split()) == 13
    again = admin("automl", "forget", ids[0]["id"], "--yes")
    assert again.code != 0
    assert "automl history" in again.err


async def test_a_search_may_be_asked_to_start_cold_and_to_refine_and_is_shown(
    admin: Maestro, tmp_path: Path
) -> None:
    table = tmp_path / "people.csv"
    table.write_text(PEOPLE)
    asked = ("automl", "train", str(table), "--target", "survived", "--no-wait", "--quiet")
    job = admin(*asked, "--cold", "--refine").out.strip()
    shown = admin("automl", "show", job)
    assert "queued" in shown.out
    request = admin("automl", "show", job, "--json").json["request"]
    assert (request["warm_start"], request["refine"]) == (False, True)
    assert job in admin("automl", "list", "--quiet").out
    not_yet = admin("automl", "leaderboard", job)
    assert not_yet.code != 0
    assert "queued" in not_yet.err
    cancelled = admin("automl", "cancel", job)
    assert cancelled.code == 0
    assert "cancelled" in admin("automl", "show", job).out


async def test_the_sdk_reads_the_same(admin: Maestro, live: str) -> None:
    from maestro_ml import MaestroClient  # noqa: PLC0415 - as a user of the package would

    with MaestroClient(url=live, api_key=admin.env["MAESTRO_API_KEY"]) as client:
        assert client.automl.ledger().warm.searches == 0
        assert list(client.automl.history()) == []


@pytest.mark.parametrize(
    ("low", "estimate", "high", "drawn"),
    [
        (0.5, 0.7, 0.9, " " * 11 + "├────●──┤│"),
        (0.8, 1.0, 1.3, " " * 17 + "├──●──┤"),
        (1.5, 2.0, 9.0, " " * 20 + "│    ├───●──────────►"),
        (0.01, 0.3, 0.5, "◄────●─────┤        │"),
    ],
)
def test_a_ratio_is_drawn_around_one(low: float, estimate: float, high: float, drawn: str) -> None:
    assert draw_ratio(Interval(estimate=estimate, low=low, high=high)) == drawn
