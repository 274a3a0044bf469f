"""What the recurring work throws away, and what it keeps."""

from __future__ import annotations

import secrets

import psycopg
from tests.support.tenant import TenantFactory

from maestro_ml.server.cleaning import Cleaning
from maestro_ml.server.jobs.worker import JobUpkeep, Timing
from maestro_ml.server.wiring import Platform


def count(connection: psycopg.Connection, statement: str, *values: object) -> int:
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        found = connection.execute(statement, values)
        return found.rowcount if found.description is None else found.fetchall()[0][0]


async def test_logins_go_a_day_after_their_end(
    tenants: TenantFactory, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    client = tenants.open()
    email = f"{secrets.token_hex(6)}@example.com"
    body = {"email": email, "password": "correct horse"}
    assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201
    pairs = [(await client.post("/api/v1/auth/login", json=body)).json() for _ in range(3)]
    sessions = "SELECT s.id FROM login_session s JOIN user_account u ON u.id = s.user_id"
    of_user = f"{sessions} WHERE u.email = %s ORDER BY s.created_at"
    ends = ("expires_at = now() - interval '25 hours'", "revoked_at = now() - interval '23 hours'")
    for number, end in enumerate(ends):
        change = f"UPDATE login_session SET {end} WHERE id = ({of_user} LIMIT 1 OFFSET {number})"
        assert count(owner_connection, change, email) == 1
    await Cleaning(platform).run()
    left = f"SELECT count(*) FROM login_session WHERE id IN ({of_user})"
    assert count(owner_connection, left, email) == 2
    tokens = f"SELECT count(*) FROM refresh_token WHERE session_id IN ({of_user})"
    assert count(owner_connection, tokens, email) == 2
    refresh = {"refresh_token": pairs[2]["refresh_token"]}
    assert (await client.post("/api/v1/auth/refresh", json=refresh)).status_code == 200


async def test_datasets_leave_the_trash_after_a_week(
    tenants: TenantFactory, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    client = await (await tenants.create()).client()
    for name, age in (("old", "8 days"), ("new", "6 days")):
        table = b"a,b\n1,2\n"
        sent = await client.post(f"/api/v1/datasets/upload?name={name}", content=table)
        assert sent.status_code == 201
        id = (await client.delete(f"/api/v1/datasets/{name}")).json()["id"]
        aged = f"UPDATE dataset SET deleted_at = now() - interval '{age}' WHERE id = %s"
        assert count(owner_connection, aged, id) == 1
    assert await Cleaning(platform).run() > 0
    assert (await client.post("/api/v1/datasets/old/restore")).status_code == 404
    assert (await client.post("/api/v1/datasets/new/restore")).status_code == 200


async def test_the_trash_empties_itself_where_an_administrator_wants_it(
    tenants: TenantFactory, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    client = await (await tenants.create()).client()
    experiment = (await client.post("/api/v1/experiments", json={"name": "old"})).json()["id"]
    await client.delete(f"/api/v1/experiments/{experiment}")
    runs = []
    for age in ("29 days", "31 days"):
        body = {"experiment_id": 0, "name": age}
        runs.append((await client.post("/api/v1/runs", json=body)).json()["id"])
        await client.delete(f"/api/v1/runs/{runs[-1]}")
        aged = f"UPDATE run SET deleted_at = now() - interval '{age}' WHERE id = %s"
        assert count(owner_connection, aged, runs[-1]) == 1
    long_ago = "UPDATE experiment SET deleted_at = now() - interval '31 days' WHERE id = %s"
    tenant_id = (await client.get("/api/v1/tenant")).json()["id"]
    count(owner_connection, f"{long_ago} AND tenant_id = %s", experiment, tenant_id)

    await Cleaning(platform).run()
    shown = [(await client.get(f"/api/v1/runs/{run}")).status_code for run in runs]
    assert shown == [200, 200]
    changed = await client.patch("/api/v1/tenant", json={"trash_days": 30})
    assert changed.json()["trash_days"] == 30
    await Cleaning(platform).run()
    shown = [(await client.get(f"/api/v1/runs/{run}")).status_code for run in runs]
    assert shown == [200, 404]
    assert (await client.get(f"/api/v1/experiments/{experiment}")).status_code == 404


async def test_the_output_of_jobs_goes_after_a_month(
    tenants: TenantFactory, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    jobs = []
    for age in ("29 days", "31 days", None):
        answer = await client.post("/api/v1/runs/purge", json={"older_than_days": 1})
        jobs.append(answer.json()["id"])
        tenant_id = (await tenant.context()).tenant_id
        ended = "NULL" if age is None else f"now() - interval '{age}'"
        count(owner_connection, f"UPDATE job SET finished_at = {ended} WHERE id = %s", jobs[-1])
        count(
            owner_connection,
            "INSERT INTO job_log VALUES (%s, %s, 1, now(), 'stdout', 'text')",
            tenant_id,
            jobs[-1],
        )
    await JobUpkeep(platform.units, Timing()).purge()
    logs = [
        [chunk["text"] for chunk in (await client.get(f"/api/v1/jobs/{job}/logs")).json()["chunks"]]
        for job in jobs
    ]
    assert logs == [["text"], [], ["text"]]
