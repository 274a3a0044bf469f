"""What is asked is made once by a job, kept with its pictures and data, and shown to its tenant alone."""

from __future__ import annotations

import io

import httpx
import pandas as pd
import pytest
from tests.server.explain.conftest import Explaining
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role

ROW = {"sex": "female", "age": 40}


async def test_a_row_is_explained_and_adds_up_to_its_prediction(explaining: Explaining) -> None:
    found = await explaining.made("shap", {"model_id": "survivors", "instance_data": ROW})
    assert (found["method"], found["space"], found["outputs"]) == (
        "permutation",
        "probability",
        ["yes"],
    )
    assert (found["model"], found["version"], found["dataset"]) == ("survivors", 1, "people@1")
    output = found["rows"][0]["outputs"][0]
    total = output["base"] + sum(each["effect"] for each in output["contributions"])
    assert total == pytest.approx(output["prediction"], abs=1e-9)
    assert output["contributions"][0]["column"] == "sex"
    assert found["shap_values"][0]["sex"] > 0.1
    assert list(found["feature_importances"]) == ["sex", "age"]


async def test_pictures_and_data_open_for_who_may_read_models(explaining: Explaining) -> None:
    found = await explaining.made("lime", {"model_id": "survivors", "instance_data": ROW})
    output = found["rows"][0]["outputs"][0]
    assert output["contributions"][0]["rule"] == "sex = female"
    assert 0 < output["fit"] <= 1
    assert set(found["plot_urls"]) == {"waterfall", "force"}
    picture = await explaining.client.get(found["plot_url"])
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in picture.headers["content-security-policy"]
    assert b"<svg" in picture.content
    data = await explaining.client.get(found["data_url"])
    assert pd.read_parquet(io.BytesIO(data.content))["rule"].tolist()[0] == "sex = female"
    missing = await explaining.client.get(found["plot_url"].replace("waterfall", "other"))
    assert (missing.status_code, missing.json()["code"]) == (404, "explain.not_found")


async def test_the_same_question_gets_the_same_answer_without_a_job(
    explaining: Explaining,
) -> None:
    body = {"model_id": "survivors/1", "instance_data": [ROW]}
    first = await explaining.post("shap", body)
    waiting = await explaining.post("shap", body)
    assert waiting.json() == first.json()
    await explaining.run(first)
    again = await explaining.post("shap", {**body, "model_id": str(explaining.version.id)})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    other = await explaining.post("shap", {**body, "seed": 1})
    assert (other.status_code, other.json()["id"] != first.json()["id"]) == (202, True)
    by_id = await explaining.client.get(
        f"/api/v1/explain/local/survivors/{first.json()['id']}", params={"wait": 0}
    )
    assert by_id.json()["shap_values"] == again.json()["shap_values"]


async def test_a_model_is_explained_as_a_whole(explaining: Explaining) -> None:
    asked = await explaining.client.get("/api/v1/explain/global/survivors")
    await explaining.run(asked)
    found = (await explaining.client.get("/api/v1/explain/global/survivors")).json()
    view = found["model_view"]
    assert [each["column"] for each in view["importances"]] == ["sex", "age"]
    first = view["importances"][0]
    assert first["shuffle_loss"] > 0.1
    assert first["lime"] > 0
    assert view["metric"] == "roc_auc"
    assert 0.5 < view["score"] <= 1
    assert len(view["summary"][0]["effects"][0]) == 120
    age = next(curve for curve in view["dependence"] if curve["column"] == "age")
    assert (age["numeric"], len(age["values"])) == (True, 20)
    slices = {(each["column"], each["metric"]): each for each in view["slices"]}
    groups = slices["sex", "accuracy"]["groups"]
    assert {group["group"] for group in groups} == {"female", "male"}
    assert all(group["low"] < group["value"] < group["high"] for group in groups)
    assert sum(group["count"] for group in groups) == 120
    assert "trained on these rows" in found["warnings"][0]
    assert list(found["plot_urls"]) == ["summary", "dependence-1", "dependence-2"]
    data = await explaining.client.get(found["data_url"])
    assert "effect of sex" in pd.read_parquet(io.BytesIO(data.content)).columns


async def test_a_row_of_the_data_set_is_explained_by_its_number(explaining: Explaining) -> None:
    local = "/api/v1/explain/local/survivors"
    asked = await explaining.client.get(f"{local}/7", params={"wait": 0, "method": "lime"})
    await explaining.run(asked)
    found = (await explaining.client.get(f"{local}/7", params={"method": "lime"})).json()
    assert set(found["rows"][0]["instance"]) == {"sex", "age"}
    beyond = await explaining.client.get(f"{local}/120")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "explain.row_not_found")
    nothing = await explaining.client.get(f"{local}/first")
    assert nothing.json()["code"] == "explain.row_not_found"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (None, "explain.instance_missing"),
        ({"sex": "male"}, "explain.column_missing"),
        ({**ROW, "shoes": 3}, "explain.column_unknown"),
        ([ROW] * 101, "explain.too_many_rows"),
    ],
)
async def test_rows_that_cannot_be_explained_are_refused_at_once(
    explaining: Explaining, rows: object, code: str
) -> None:
    answer = await explaining.post("shap", {"model_id": "survivors", "instance_data": rows})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_model_without_known_rows_says_what_is_missing(
    explaining: Explaining, client: httpx.AsyncClient
) -> None:
    await client.delete("/api/v1/datasets/people")
    found = await explaining.made("shap", {"model_id": "survivors", "instance_data": ROW})
    assert found["dataset"] is None
    assert found["background_rows"] == 3
    assert "input example" in found["warnings"][0]
    body = {"model_id": "survivors", "instance_data": ROW, "dataset": "nothing"}
    unknown = await explaining.post("shap", body)
    assert unknown.json()["code"] == "dataset.not_found"


async def test_others_see_nothing_and_viewers_need_leave_for_new_work(
    explaining: Explaining, tenants: TenantFactory
) -> None:
    found = await explaining.made("shap", {"model_id": "survivors", "instance_data": ROW})
    stranger = await (await tenants.create()).client()
    for path in (f"/api/v1/explain/reports/{found['id']}", found["plot_url"]):
        hidden = await stranger.get(path)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "explain.not_found")
    viewer = await explaining.tenant.client(Role.VIEWER)
    shown = await viewer.get(found["plot_url"])
    assert shown.status_code == 200
    refused = await viewer.get("/api/v1/explain/global/survivors")
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.permission_missing")
    denied = await (await stranger.get("/api/v1/explain/global/survivors")).aread()
    assert b"registry.model_not_found" in denied
