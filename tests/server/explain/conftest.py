"""A tenant with a table and a model trained on it, and the means to run what was asked."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.jobs import JobLimits
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.server.explain import explain_kind
from maestro_ml.server.explain.rules import ExplainPayload
from maestro_ml.server.jobs import JobContext


def people() -> pd.DataFrame:
    """120 rows: who survives is a matter of sex, and a little of age."""
    rng = np.random.default_rng(5)
    sex, age = rng.choice(["female", "male"], 120), rng.integers(1, 80, 120)
    survived = np.where((sex == "female") ^ (age < 10), "yes", "no")
    return pd.DataFrame({"sex": sex, "age": age, "survived": survived})


@dataclass
class Explaining:
    """A tenant whose model `survivors` was trained on the data set `people`."""

    tenant: TenantHandle
    client: httpx.AsyncClient
    version: ModelVersion

    async def run(self, answer: httpx.Response) -> None:
        """Do the job of a 202 as its process would, but here."""
        assert answer.status_code == 202, answer.text
        platform, context = self.tenant.platform, await self.tenant.context()
        kind = explain_kind(
            platform.explain,
            platform.registry,
            platform.datasets,
            platform.tables,
            platform.blobs,
        )
        job_id = UUID(answer.json()["job_id"])
        async with platform.units.tenant(context) as unit:
            job = await platform.jobs.get(unit, job_id)
        assert job.kind == kind.name
        await kind.run(
            JobContext(
                job_id=job_id,
                attempt=1,
                limits=JobLimits(seconds=60, memory_mb=2000),
                context=context,
                units=platform.units,
                send_progress=lambda _: None,
                stop_requested=lambda: False,
            ),
            ExplainPayload.model_validate(job.payload),
        )

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Ask without waiting."""
        return await self.client.post(f"/api/v1/explain/{path}", params={"wait": 0}, json=body)

    async def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask, have it made, and read it."""
        asked = await self.post(path, body)
        await self.run(asked)
        found = await self.client.get(asked.json()["location"])
        assert found.status_code == 200, found.text
        said: dict[str, Any] = found.json()
        return said


@pytest.fixture
async def explaining(tenant: TenantHandle, tmp_path: Path) -> Explaining:
    client, table = await tenant.client(), people()
    csv = io.BytesIO()
    table.to_csv(csv, index=False)
    uploaded = await client.post(
        "/api/v1/datasets/upload",
        params={"name": "people", "filename": "people.csv"},
        content=csv.getvalue(),
    )
    assert uploaded.status_code == 201, uploaded.text
    features = table[["sex", "age"]]
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["sex"]), remainder="passthrough"),
        LogisticRegression(),
    ).fit(features, table["survived"])
    folder = save_model(tmp_path / "model", model, features.head(3))
    async with await tenant.unit() as unit:
        version = await tenant.platform.registry.register_version(
            unit,
            "survivors",
            folder,
            params={"dataset": "people@1", "target": "survived", "metric": "roc_auc"},
        )
    return Explaining(tenant, client, version)
