"""Versions over MLflow's protocol: numbers, stages, sources, and files that both sides see."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import httpx
import pytest
from tests.support.mlflow_wire import INVALID, MISSING, PROXY, Mlflow
from tests.support.models import SIGNATURE, write_model, zipped
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.tracking import RunCreate
from maestro_ml.server.wiring import Platform


@pytest.fixture
async def mlflow(client: httpx.AsyncClient) -> Mlflow:
    made = Mlflow(client)
    await made.post("registered-models/create", name="churn")
    return made


async def start_run(tenant: TenantHandle) -> str:
    async with await tenant.unit() as unit:
        run = await tenant.platform.tracking.create_run(unit, RunCreate(experiment_id=0))  # type: ignore[arg-type]
        return run.id.hex


async def upload(client: httpx.AsyncClient, root: str, folder: Path) -> None:
    for name in ("MLmodel", "input_example.json", "data/weights.txt"):
        answer = await client.put(f"{PROXY}/{root}/{name}", content=(folder / name).read_bytes())
        assert answer.status_code == 200, answer.text


async def test_a_number_never_comes_back(mlflow: Mlflow) -> None:
    made = [
        (await mlflow.post("model-versions/create", name="churn", source="s3://b/m"))
        for _ in range(2)
    ]
    assert [each["model_version"]["version"] for each in made] == ["1", "2"]
    await mlflow.delete("model-versions/delete", name="churn", version="2")
    again = await mlflow.post("model-versions/create", name="churn", source="s3://b/m")
    assert again["model_version"]["version"] == "3"
    for method, path in (("GET", "get"), ("GET", "get-download-uri"), ("DELETE", "delete")):
        await mlflow.refused(method, f"model-versions/{path}", *MISSING, name="churn", version="2")


async def test_each_of_many_at_once_gets_a_number_of_its_own(mlflow: Mlflow) -> None:
    create = [
        mlflow.post("model-versions/create", name="churn", source="s3://b/m") for _ in range(20)
    ]
    made = [int(each["model_version"]["version"]) for each in await asyncio.gather(*create)]
    assert sorted(made) == [*range(1, 21)]


async def test_a_version_tells_what_it_was_given(mlflow: Mlflow) -> None:
    made = (
        await mlflow.post(
            "model-versions/create",
            name="churn",
            source="s3://bucket/model",
            run_link="https://elsewhere/run",
            description="first",
            tags=[{"key": "k", "value": "v"}],
        )
    )["model_version"]
    assert made == {
        "name": "churn",
        "version": "1",
        "creation_timestamp": made["creation_timestamp"],
        "last_updated_timestamp": made["creation_timestamp"],
        "description": "first",
        "current_stage": "None",
        "source": "s3://bucket/model",
        "run_id": "",
        "status": "READY",
        "run_link": "https://elsewhere/run",
        "tags": [{"key": "k", "value": "v"}],
    }
    one = {"name": "churn", "version": "1"}
    assert (await mlflow.get("model-versions/get", **one))["model_version"] == made
    uri = await mlflow.get("model-versions/get-download-uri", **one)
    assert uri == {"artifact_uri": "s3://bucket/model"}
    changed = await mlflow.patch("model-versions/update", **one, description="second")
    assert changed["model_version"]["description"] == "second"
    await mlflow.post("model-versions/set-tag", **one, key="k", value="w")
    await mlflow.post("model-versions/set-tag", **one, key="l")
    for _ in range(2):
        await mlflow.delete("model-versions/delete-tag", **one, key="k")
    found = (await mlflow.get("model-versions/get", **one))["model_version"]
    assert found["tags"] == [{"key": "l", "value": ""}]


async def test_stages_are_read_in_any_case(mlflow: Mlflow) -> None:
    for _ in range(3):
        await mlflow.post("model-versions/create", name="churn", source="s3://b/m")
    move = "model-versions/transition-stage"
    before = (await mlflow.get("registered-models/get", name="churn"))["registered_model"]
    for version in ("1", "2"):
        moved = await mlflow.post(move, name="churn", version=version, stage="production")
        assert moved["model_version"]["current_stage"] == "Production"
    await mlflow.post(
        move, name="churn", version="3", stage="PRODUCTION", archive_existing_versions=True
    )
    found = await mlflow.get("model-versions/search", filter="name = 'churn'")
    stages = {each["version"]: each["current_stage"] for each in found["model_versions"]}
    assert stages == {"1": "Archived", "2": "Archived", "3": "Production"}
    after = (await mlflow.get("registered-models/get", name="churn"))["registered_model"]
    assert after["last_updated_timestamp"] >= before["last_updated_timestamp"]
    await mlflow.refused("POST", move, *INVALID, name="churn", version="1", stage="Gone")
    await mlflow.refused("POST", move, *MISSING, name="churn", version="9", stage="None")
    archive = {"stage": "None", "archive_existing_versions": True}
    await mlflow.refused("POST", move, *INVALID, name="churn", version="1", **archive)


@pytest.mark.parametrize("version", ["x", "1.5", "", "v1", None])
async def test_what_is_no_number_is_invalid(mlflow: Mlflow, version: str | None) -> None:
    fields = {"name": "churn", **({} if version is None else {"version": version})}
    await mlflow.refused("GET", "model-versions/get", *INVALID, **fields)


@pytest.mark.parametrize("version", ["9", "0", "-1", "99999999999999999999"])
async def test_a_number_that_no_version_has_is_missing(mlflow: Mlflow, version: str) -> None:
    one = {"name": "churn", "version": version}
    for method, path, more in (
        ("GET", "get", {}),
        ("GET", "get-download-uri", {}),
        ("PATCH", "update", {"description": "d"}),
        ("DELETE", "delete", {}),
        ("POST", "transition-stage", {"stage": "Staging"}),
        ("POST", "set-tag", {"key": "k", "value": "v"}),
        ("DELETE", "delete-tag", {"key": "k"}),
    ):
        await mlflow.refused(method, f"model-versions/{path}", *MISSING, **one, **more)


@pytest.mark.parametrize(
    "source",
    [
        "/etc/passwd",
        "relative/path",
        "file:///etc/passwd",
        "file://host/etc/passwd",
        "s3://bucket/a/../../b",
        "s3://bucket/%2e%2e/b",
        "s3://bucket/%252e%252e/b",
        "s3://bucket/a/./b",
        "mlflow-artifacts:/../../etc",
        "mlflow-artifacts://host:9/..%2f..%2fetc",
        "mlflow-artifacts:models",
        "https://host/api/2.0/mlflow-artifacts/artifacts/../../x",
        "https://host/artifacts%00",
        "runs:/0123/model",
        "runs://profile@host/0123/model",
        "models:/m-0123",
        "models:/",
        "models:/a/b/c",
        "models://host/churn/1",
        "",
    ],
)
async def test_a_source_that_leads_elsewhere_is_refused(mlflow: Mlflow, source: str) -> None:
    await mlflow.refused("POST", "model-versions/create", *INVALID, name="churn", source=source)
    assert (
        "latest_versions"
        not in ((await mlflow.get("registered-models/get", name="churn"))["registered_model"])
    )


@pytest.mark.parametrize(
    "source",
    [
        "mlflow-artifacts:/models",
        "mlflow-artifacts:/models///",
        "mlflow-artifacts:/models/foo///bar",
        "mlflow-artifacts://host:9000/models",
        "mlflow-artifacts://host:9000/models/artifact/..../",
        "mlflow-artifacts:/what/nothing/is/called#1",
        "dbfs:/path/to/model",
        "https://host/model",
    ],
)
async def test_a_source_of_nobody_is_taken_as_it_is(
    mlflow: Mlflow, tenant: TenantHandle, source: str
) -> None:
    run = await start_run(tenant)
    made = await mlflow.post("model-versions/create", name="churn", source=source, run_id=run)
    assert (made["model_version"]["source"], made["model_version"]["run_id"]) == (source, run)


async def test_a_source_lies_in_the_run_or_model_that_is_named(
    mlflow: Mlflow, tenant: TenantHandle
) -> None:
    run, other = await start_run(tenant), await start_run(tenant)
    create = ("POST", "model-versions/create")
    for source, run_id in (
        (f"runs:/{run}/model", other),
        (f"mlflow-artifacts:/0/{run}/artifacts/model", other),
        (f"mlflow-artifacts:/0/{run}/artifacts/model", "f" * 32),
        ("models:/churn/9", ""),
    ):
        status = MISSING if source.startswith("models:") else INVALID
        await mlflow.refused(*create, *status, name="churn", source=source, run_id=run_id)
    for source in (f"runs:/{run}/model", f"mlflow-artifacts:/0/{run}/artifacts/model"):
        made = await mlflow.post(create[1], name="churn", source=source, run_id=run)
        version = made["model_version"]
        assert (version["source"], version["run_id"]) == (source, run)
        uri = await mlflow.get(
            "model-versions/get-download-uri", name="churn", version=version["version"]
        )
        assert uri == {"artifact_uri": source}
    model = (await mlflow.post("logged-models", experiment_id="0", source_run_id=run))["model"]
    model_id = model["info"]["model_id"]
    await mlflow.refused(*create, *INVALID, name="churn", source=f"models:/{model_id}")
    named = {"name": "churn", "model_id": model_id}
    await mlflow.refused(*create, *INVALID, source=f"runs:/{run}/model", run_id=run, **named)
    made = await mlflow.post(create[1], source=f"models:/{model_id}", **named)
    assert made["model_version"]["run_id"] == run
    tagged = await mlflow.get(f"logged-models/{model_id}")
    assert tagged["model"]["info"]["tags"] == [
        {"key": "mlflow.modelVersions", "value": '[{"name": "churn", "version": 3}]'}
    ]


async def test_a_version_from_a_run_is_one_of_the_platform(
    mlflow: Mlflow, client: httpx.AsyncClient, tenant: TenantHandle, tmp_path: Path
) -> None:
    run = await start_run(tenant)
    folder = write_model(tmp_path)
    await upload(client, f"0/{run}/artifacts/model", folder)
    source = f"runs:/{run}/model"
    await mlflow.post("model-versions/create", name="churn", source=source, run_id=run)
    native = (await client.get("/api/v1/models/churn/versions/1")).json()
    assert {file["path"] for file in native["files"]} == {
        "MLmodel",
        "data/weights.txt",
        "input_example.json",
    }
    assert (native["flavor"], native["source"]) == ("custom", source)
    assert native["signature"] == SIGNATURE
    assert native["input_example"]["data"] == [[3, "f"]]
    # What happens to the run no longer touches the version.
    await client.put(f"{PROXY}/0/{run}/artifacts/model/data/weights.txt", content=b"other")
    await client.delete(f"{PROXY}/0/{run}/artifacts/model")
    whole = await client.get("/api/v1/models/churn/versions/1/download")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.read("data/weights.txt") == b"weights"
    async with await tenant.unit() as unit:
        version = await tenant.platform.registry.resolve(unit, "churn/1")
        copy = await tenant.platform.registry.materialize(unit.context.tenant_id, version)
    assert (copy / "MLmodel").read_bytes() == (folder / "MLmodel").read_bytes()


async def test_what_nobody_hashed_is_hashed_when_it_is_registered(
    mlflow: Mlflow, client: httpx.AsyncClient, tenant: TenantHandle, tmp_path: Path
) -> None:
    folder = write_model(tmp_path)
    await upload(client, "free/model", folder)
    async with await tenant.unit() as unit:
        # As after an upload that went straight to a cloud.
        await tenant.platform.artifact_tree.save(unit, "free/model/data/weights.txt", size=7)
    source = "mlflow-artifacts:/free/model"
    await mlflow.post("model-versions/create", name="churn", source=source)
    async with await tenant.unit() as unit:
        version = await tenant.platform.registry.resolve(unit, "churn/1")
        copy = await tenant.platform.registry.materialize(unit.context.tenant_id, version)
        assert (copy / "data" / "weights.txt").read_text() == "weights"


async def test_a_copy_of_a_version_has_its_files(
    mlflow: Mlflow, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await client.post("/api/v1/models/churn/versions", content=zipped(write_model(tmp_path)))
    await mlflow.post("registered-models/alias", name="churn", alias="best", version="1")
    await mlflow.post("registered-models/create", name="prod")
    made = await mlflow.post("model-versions/create", name="prod", source="models:/churn@best")
    assert made["model_version"]["source"] == "models:/churn/1"
    await mlflow.delete("registered-models/delete", name="churn")
    native = (await client.get("/api/v1/models/prod/versions/1/files/data/weights.txt")).content
    assert native == b"weights"


async def test_a_copy_of_what_is_elsewhere_leads_there(mlflow: Mlflow) -> None:
    await mlflow.post("model-versions/create", name="churn", source="s3://b/m")
    await mlflow.post("model-versions/create", name="churn", source="models:/churn/1")
    await mlflow.post("model-versions/create", name="churn", source="models:/churn/latest")
    for number in ("2", "3"):
        uri = await mlflow.get("model-versions/get-download-uri", name="churn", version=number)
        assert uri == {"artifact_uri": "s3://b/m"}


async def test_a_native_version_is_found_and_read_by_clients(
    mlflow: Mlflow, client: httpx.AsyncClient, tenants: TenantFactory, tmp_path: Path
) -> None:
    folder = write_model(tmp_path)
    await client.post("/api/v1/models/churn/versions", content=zipped(folder))
    version = (await mlflow.get("model-versions/get", name="churn", version="1"))["model_version"]
    uri = await mlflow.get("model-versions/get-download-uri", name="churn", version="1")
    assert uri["artifact_uri"] == version["source"]
    root = uri["artifact_uri"].removeprefix("mlflow-artifacts:/")
    listed = await client.get(PROXY, params={"path": root})
    assert listed.json()["files"] == [
        {"path": "MLmodel", "is_dir": False, "file_size": (folder / "MLmodel").stat().st_size},
        {"path": "data", "is_dir": True},
        {"path": "input_example.json", "is_dir": False, "file_size": 47},
    ]
    assert (await client.get(f"{PROXY}/{root}/data/weights.txt")).content == b"weights"
    part = await client.get(f"{PROXY}/{root}/data/weights.txt", headers={"Range": "bytes=2-3"})
    assert (part.status_code, part.content) == (206, b"ig")
    named = {"name": "churn", "version": "1", "path": "data/weights.txt"}
    assert (await client.get("/model-versions/get-artifact", params=named)).content == b"weights"
    for method in ("PUT", "DELETE"):
        answer = await client.request(method, f"{PROXY}/{root}/MLmodel")
        assert (answer.status_code, answer.json()["error_code"]) == INVALID
    stranger = await (await tenants.create()).client()
    assert (await stranger.get(f"{PROXY}/{root}/MLmodel")).status_code == 404
    assert (await stranger.get(PROXY, params={"path": root})).status_code == 404


async def test_what_is_not_here_cannot_be_downloaded(
    mlflow: Mlflow, client: httpx.AsyncClient, platform: Platform
) -> None:
    await mlflow.post("model-versions/create", name="churn", source="s3://b/m")
    answer = await client.get("/api/v1/models/churn/versions/1/download")
    assert answer.status_code == 409
    assert answer.json()["code"] == "registry.version_not_ready"
    assert "s3://b/m" in answer.json()["detail"]


async def test_a_version_of_no_model_leaves_no_files(
    client: httpx.AsyncClient, mlflow: Mlflow, tenant: TenantHandle, tmp_path: Path
) -> None:
    run = await start_run(tenant)
    await upload(client, f"0/{run}/artifacts/model", write_model(tmp_path))
    create = ("POST", "model-versions/create")
    named = {"name": "none", "source": f"runs:/{run}/model", "run_id": run}
    await mlflow.refused(*create, *MISSING, **named)
    tenant_id = (await tenant.context()).tenant_id
    assert not (tenant.platform.settings.home / "blobs" / str(tenant_id) / "models").exists()


async def test_a_file_that_the_store_lost_is_told_and_nothing_is_registered(
    client: httpx.AsyncClient, mlflow: Mlflow, tenant: TenantHandle, tmp_path: Path
) -> None:
    await upload(client, "free/model", write_model(tmp_path))
    tenant_id = (await tenant.context()).tenant_id
    stored = tenant.platform.settings.home / "blobs" / str(tenant_id)
    (stored / "files" / "free" / "model" / "data" / "weights.txt").unlink()
    source = {"name": "churn", "source": "mlflow-artifacts:/free/model"}
    await mlflow.refused("POST", "model-versions/create", *MISSING, **source)
    assert await mlflow.get("model-versions/search") == {}
    assert not [path for path in (stored / "models").rglob("*") if path.is_file()]
