"""Finding events in the audit log, and taking all of them along."""

from __future__ import annotations

import csv
import io
import json

import httpx
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role


async def actions(client: httpx.AsyncClient, **wanted: str) -> list[str]:
    answer = await client.get("/api/v1/audit", params=wanted)
    assert answer.status_code == 200, answer.text
    return [event["action"] for event in answer.json()["items"]]


async def test_events_are_found_by_action_actor_subject_and_time(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    admin, scientist = await tenant.client(), await tenant.client(Role.DATA_SCIENTIST)
    await admin.post("/api/v1/auth/api-keys", json={"name": "one"})
    await scientist.post("/api/v1/experiments", json={"name": "theirs"})
    made = ["tracking.experiment.created"]
    assert await actions(admin, action="tracking.experiment.created") == made
    assert await actions(admin, action="tracking") == made
    assert await actions(admin, action="tracking.exp") == [], "a part of a word is no part"
    name = (await scientist.get("/api/v1/auth/me")).json()["user"]["email"]
    assert await actions(admin, actor=name) == made
    assert await actions(admin, subject_type="experiment") == made
    newest = (await admin.get("/api/v1/audit", params={"limit": 1})).json()["items"][0]
    assert await actions(admin, since=newest["at"]) == made
    assert newest["action"] not in await actions(admin, until=newest["at"])
    wrong = await admin.get("/api/v1/audit", params={"since": "2026-01-01"})
    assert wrong.status_code == 422


async def test_an_export_has_every_event_that_fits(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    for name in ("=cmd", "one, two", "x"):
        await client.post("/api/v1/experiments", json={"name": name})
    wanted = {"action": "tracking.experiment.created"}
    lines = await client.get("/api/v1/audit/export", params=wanted)
    assert lines.headers["content-disposition"] == 'attachment; filename="audit.jsonl"'
    events = [json.loads(line) for line in lines.text.splitlines()]
    listed = (await client.get("/api/v1/audit", params=wanted)).json()["items"]
    assert events == listed
    table = await client.get("/api/v1/audit/export", params={**wanted, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["hash"] for row in rows] == [event["hash"] for event in listed]
    assert [json.loads(row["after"]) for row in rows] == [event["after"] for event in listed]
