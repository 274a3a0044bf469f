"""The report that a version brings along: shown as it is, and a file of its name that is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.models import a_report, write_model, zipped
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.model_report import REPORT_FILE, ModelReport

VERSIONS = "/api/v1/models/model/versions"


async def test_a_version_shows_the_report_that_it_was_registered_with(
    tenants: TenantFactory, tmp_path: Path
) -> None:
    client = await (await tenants.create()).client()
    package = write_model(tmp_path / "package")
    (package / REPORT_FILE).write_text(a_report().model_dump_json())
    await client.post(VERSIONS, content=zipped(package))
    answer = await client.get(f"{VERSIONS}/1/report")
    assert ModelReport.model_validate(answer.json()) == a_report()


@pytest.mark.parametrize("content", [None, "", "not JSON", '{"target": "price"}'])
async def test_a_version_without_a_report_says_so(
    tenants: TenantFactory, tmp_path: Path, content: str | None
) -> None:
    client = await (await tenants.create()).client()
    package = write_model(tmp_path / "package")
    if content is not None:
        (package / REPORT_FILE).write_text(content)
    await client.post(VERSIONS, content=zipped(package))
    answer = await client.get(f"{VERSIONS}/1/report")
    assert (answer.status_code, answer.json()["code"]) == (404, "registry.report_not_found")
