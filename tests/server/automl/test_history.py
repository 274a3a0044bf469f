"""What a search leaves behind, and how the next one starts from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from tests.server.automl.conftest import JOBS, Searching
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.automl import SearchArm
from maestro_ml.contracts.identity import Role
from maestro_ml.server.automl.draws import StartDraw
from maestro_ml.server.automl.repository import EvaluationRecord
from maestro_ml.server.automl.service import SearchPayload
from maestro_ml.server.automl.tables import AutoMLSearchRow
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.ids import new_id

WARM = StartDraw(past_searches=3, eligible=True, arm=SearchArm.WARM, propensity=0.85, seed=1)
COLD = StartDraw(past_searches=3, eligible=True, arm=SearchArm.COLD, propensity=0.15, seed=2)
HISTORY = "/api/v1/automl/history"


def stored(owner: psycopg.Connection, job_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A search and its evaluations as they lie in the tables."""
    with owner.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET ROLE maestro_system")
        [search] = cursor.execute("SELECT * FROM automl_search WHERE id = %s", [job_id]).fetchall()
        evaluations = cursor.execute(
            "SELECT * FROM automl_evaluation WHERE search_id = %s ORDER BY position", [job_id]
        ).fetchall()
        cursor.execute("RESET ROLE")
    return search, evaluations


async def remember_copies(searching: Searching, owner: psycopg.Connection, job_id: UUID) -> None:
    """Two more searches like a stored one, on which what came last was the best."""
    search, evaluations = stored(owner, job_id)
    search.pop("tenant_id")
    for _ in range(2):
        row = AutoMLSearchRow(**search | {"id": new_id(), "finished_at": now()})
        records = [
            EvaluationRecord(
                **{k: v for k, v in each.items() if k not in ("tenant_id", "search_id")}
            )
            for each in evaluations
        ]
        async with await searching.tenant.unit() as unit:
            await searching.tenant.platform.search_history.remember(unit, row, records)


async def test_a_search_leaves_all_that_it_evaluated_and_the_next_starts_from_it(
    searching: Searching, owner_connection: psycopg.Connection
) -> None:
    first = await searching.submit()
    results = await searching.run(first)
    start = results["start"]
    assert (start["arm"], start["eligible"], start["past_searches"]) == (None, False, 0)
    assert start["note"].startswith("The team has 0 past searches, and 3 are needed.")
    search, evaluations = stored(owner_connection, first)
    assert (search["dataset"], search["version"], search["target"]) == ("people", 1, "survived")
    assert (search["task"], search["metric"], search["row_count"]) == ("binary", "roc_auc", 120)
    assert (search["column_count"], search["cancelled"]) == (3, False)
    assert search["meta_features"]["log_rows"] > 0
    tried = [row for row in results["leaderboard"] if row["family"] != "ensemble"]
    scored = [each for each in evaluations if each["status"] == "scored"]
    assert {each["name"]: each["params"] for each in scored} == {
        row["name"]: row["params"] for row in tried
    }
    assert search["best_score"] == max(row["score"] for row in tried)
    ends = [each["ended_at"] for each in scored]
    assert ends == sorted(ends)
    assert [each["position"] for each in evaluations] == list(range(1, len(evaluations) + 1))
    await remember_copies(searching, owner_connection, first)

    second = await searching.run(await searching.submit(), start=WARM)
    told = second["start"]
    assert (told["arm"], told["propensity"], told["past_searches"]) == ("warm", 0.85, 3)
    assert "3 of 3 past searches are similar" in told["note"]
    progress = searching.reports[-1].data["start"]
    assert progress == told
    cold = await searching.run(await searching.submit(), start=COLD)
    assert cold["start"]["source"] != "history"
    assert cold["start"]["note"].startswith("Drawn to start without the history of the team")
    ledger = await searching.get("/api/v1/automl/ledger")
    assert (ledger["warm"]["searches"], ledger["cold"]["searches"]) == (1, 1)
    assert ledger["summary"].startswith("Too early: 1 of 20 cold starts, 1 of 20 warm starts")
    assert ledger["left_out"] == 3


async def test_a_cancelled_search_is_remembered_with_what_it_had(searching: Searching) -> None:
    job_id = await searching.submit(max_trials=None)

    def after_a_trial() -> bool:
        return any(report.data.get("finished", 0) >= 2 for report in searching.reports)

    results = await searching.run(job_id, stop=after_a_trial)
    [past] = (await searching.get(HISTORY))["items"]
    assert (past["id"], past["cancelled"]) == (str(job_id), True)
    assert past["evaluations"] >= 2
    assert results["skipped"], "the rest of the portfolio was not started"
    assert past["best_score"] == max(
        row["score"] for row in results["leaderboard"] if row["family"] != "ensemble"
    )


async def test_history_stays_with_its_data_set_gone_until_it_is_erased(
    searching: Searching, tenants: TenantFactory
) -> None:
    job_id = await searching.submit(max_trials=1)
    await searching.run(job_id)
    gone = await searching.client.delete("/api/v1/datasets/people", params={"purge": True})
    assert gone.status_code == 200, gone.text
    [past] = (await searching.get(HISTORY))["items"]
    assert (past["dataset"], past["reached"]) == ("people@1", True)
    stranger = await (await tenants.create()).client()
    assert (await stranger.get(HISTORY)).json()["items"] == []
    viewer = await searching.tenant.client(Role.VIEWER)
    refused = await stranger.delete(f"{HISTORY}/{job_id}")
    assert (refused.status_code, refused.json()["code"]) == (404, "automl.past_search_not_found")
    assert (await viewer.delete(f"{HISTORY}/{job_id}")).status_code == 403
    assert (await searching.client.delete(f"{HISTORY}/{job_id}")).status_code == 204
    assert (await searching.client.delete(f"{HISTORY}/{job_id}")).status_code == 404
    assert (await searching.get(HISTORY))["items"] == []
    actions = [e["action"] for e in (await searching.get("/api/v1/audit"))["items"]]
    assert "automl.search.forgotten" in actions


async def test_history_comes_in_pages(
    searching: Searching, owner_connection: psycopg.Connection
) -> None:
    first = await searching.submit(max_trials=1)
    await searching.run(first)
    await remember_copies(searching, owner_connection, first)
    newest = await searching.get(HISTORY, limit=2)
    oldest = await searching.get(HISTORY, limit=2, cursor=newest["next_cursor"])
    assert (len(newest["items"]), oldest["next_cursor"]) == (2, None)
    assert [each["id"] for each in oldest["items"]] == [str(first)]


async def drawn(searching: Searching, job_id: UUID) -> StartDraw:
    async with await searching.tenant.unit() as unit:
        job = await searching.tenant.platform.jobs.get(unit, job_id)
    return SearchPayload.model_validate(job.payload).start


async def test_a_draw_is_made_once_and_kept_when_the_search_is_tried_again(
    searching: Searching, owner_connection: psycopg.Connection
) -> None:
    first = await searching.submit(max_trials=1)
    await searching.run(first)
    await remember_copies(searching, owner_connection, first)
    asked = await drawn(searching, await searching.submit(warm_start=False))
    assert (asked.eligible, asked.arm, asked.uses_history) == (True, None, False)
    arms = set()
    for _ in range(12):
        job_id = await searching.submit()
        draw = await drawn(searching, job_id)
        assert (draw.eligible, draw.past_searches) == (True, 3)
        assert draw.propensity == (0.15 if draw.arm is SearchArm.COLD else 0.85)
        arms.add(draw.seed)
        await searching.client.post(f"{JOBS}/{job_id}/cancel")
        again = await searching.client.post(f"/api/v1/jobs/{job_id}/retry")
        assert again.status_code == 202, again.text
        assert await drawn(searching, UUID(again.json()["id"])) == draw
        await searching.client.post(f"{JOBS}/{again.json()['id']}/cancel")
    assert len(arms) == 12, "every search has a seed of its own"
