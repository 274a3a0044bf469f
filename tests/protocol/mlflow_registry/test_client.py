"""The unmodified MLflow client against a real server: its files in a folder, and in a cloud."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from tests.support.live import live_server
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role
from maestro_ml.server.installation import Installation

SCRIPT = Path(__file__).parents[2] / "support" / "mlflow_client.py"
STEPS = ["models", "native_models", "files"]


@pytest.fixture
async def token(tenants: TenantFactory) -> str:
    return await (await tenants.create()).token(Role.ML_ENGINEER)


def run_client(url: str, token: str, **environment: str) -> list[str]:
    """The steps that the client got through."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={
            **os.environ,
            "MLFLOW_TRACKING_URI": url,
            "MLFLOW_TRACKING_TOKEN": token,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "GIT_PYTHON_REFRESH": "quiet",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [line for line in done.stdout.splitlines() if line in STEPS]


@pytest.mark.slow
def test_files_in_a_folder(installation: Installation, token: str) -> None:
    with live_server(installation) as server:
        assert run_client(server.url, token) == STEPS


@pytest.fixture
def cloud() -> Iterator[dict[str, Any]]:
    """The environment that leads to an S3 with the bucket `models`."""
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    address = f"http://{host}:{port}"
    access = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    # Servers of one process share their buckets.
    httpx.post(f"{address}/moto-api/reset").raise_for_status()
    boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    ).create_bucket(Bucket="models")
    yield {
        **access,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "MAESTRO_BLOB_URL": "s3://models/maestro",
    }
    moto.stop()


@pytest.mark.slow
def test_files_in_a_cloud_go_there_in_parts(
    installation: Installation, token: str, cloud: dict[str, Any]
) -> None:
    with live_server(installation, **cloud) as server:
        info = httpx.get(f"{server.url}/api/3.0/mlflow/server-info").json()
        assert info["multipart_uploads_enabled"]
        assert info["multipart_downloads_enabled"]
        done = run_client(
            server.url,
            token,
            MAESTRO_PARTS="yes",
            MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=str(10 * 1024**2),
            MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE=str(5 * 1024**2),
            MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE=str(5 * 1024**2),
        )
        assert done == STEPS
