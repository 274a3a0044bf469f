"""What MLflow's client logged in one tenant moves to another over MLflow's own protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Maestro
from tests.cli.transfer.conftest import fill, open_mlflow
from tests.cli.transfer.test_import_mlflow import COUNTS

from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.wiring import Platform


@pytest.fixture
async def there(platform: Platform) -> str:
    """The key of the tenant that everything is in at first."""
    return await platform.tenants.create(f"tenant-{new_id()}")


def everything(client: Any) -> Iterator[dict[str, Any]]:
    """Each run as MLflow's client tells of it, without what names its experiment's number."""
    for experiment in client.search_experiments(view_type=3):
        for run in client.search_runs([experiment.experiment_id], run_view_type=3):
            told = client.get_run(run.info.run_id).to_dictionary()
            for number in ("experiment_id", "artifact_uri"):
                del told["info"][number]
            histories = {
                key: [
                    (each.step, each.timestamp, repr(each.value))
                    for each in client.get_metric_history(run.info.run_id, key)
                ]
                for key in run.data.metrics
            }
            yield {"experiment": experiment.name, "run": told, "histories": histories}


def test_one_tenant_moves_to_another(
    admin: Maestro, live: str, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", there)
    source = open_mlflow(live)
    fill(source, tmp_path)
    done = admin.process("import", "mlflow", "--from", live, "--token", there, "--json")
    assert done.code == 0, done.err or done.json["failures"]
    assert done.json["source"] == done.json["target"]
    assert done.json["source"].items() >= COUNTS.items()
    before = sorted(everything(source), key=lambda each: each["run"]["info"]["run_id"])
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", admin.env["MAESTRO_API_KEY"])
    after = sorted(everything(open_mlflow(live)), key=lambda each: each["run"]["info"]["run_id"])
    assert after == before
    assert len(after) == COUNTS["runs"]
