"""What a data scientist does with models and files, by the unmodified MLflow client.

A script of its own: the client keeps its state in the process, and takes seconds to import. Its
environment names the server and the token; with MAESTRO_PARTS files go in parts and by signed addresses.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

warnings.filterwarnings("ignore")

import httpx  # noqa: E402
import mlflow  # noqa: E402
import numpy as np  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from sklearn.linear_model import LinearRegression  # noqa: E402

URL, TOKEN = os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_TRACKING_TOKEN"]
X = np.arange(10.0).reshape(-1, 1)
HOW = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
native = httpx.Client(base_url=f"{URL}/api/v1", headers={"Authorization": f"Bearer {TOKEN}"})
client = MlflowClient()


def models(folder: Path) -> None:
    """Log, register, alias, load, copy; the platform sees the same files."""
    model = LinearRegression().fit(X, 3 * X[:, 0])
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            model, name="m", input_example=X[:2], registered_model_name="churn", **HOW
        )
    client.set_registered_model_alias("churn", "best", "1")
    for uri in ("models:/churn@best", "models:/churn/1", info.model_uri):
        loaded = mlflow.pyfunc.load_model(uri)
        assert abs(loaded.predict(np.array([[4.0]]))[0] - 12) < 1e-6, uri
    logged = client.get_logged_model(info.model_id)
    assert (logged.name, logged.source_run_id) == ("m", run.info.run_id)
    outputs = client.get_run(run.info.run_id).outputs
    assert outputs is not None
    assert [each.model_id for each in outputs.model_outputs] == [info.model_id]
    version = native.get("/models/churn/versions/1").json()
    assert version["logged_model_id"] == info.model_id
    assert version["source_run_id"] == run.info.run_id
    assert version["flavor"] == "sklearn"
    assert {"MLmodel", "model.pkl"} <= {file["path"] for file in version["files"]}
    with zipfile.ZipFile(
        io.BytesIO(native.get("/models/churn/versions/1/download").content)
    ) as zipped:
        zipped.extractall(folder / "downloaded")
    again = mlflow.sklearn.load_model(str(folder / "downloaded"))
    assert abs(again.coef_[0] - 3) < 1e-6
    copied = client.copy_model_version("models:/churn@best", "production")
    assert copied.source == "models:/churn/1"
    client.delete_model_version("churn", "1")
    assert mlflow.sklearn.load_model("models:/production/1").coef_[0] > 2.9


def native_models(folder: Path) -> None:
    """What was uploaded to the platform is loaded by the client."""
    mlflow.sklearn.save_model(LinearRegression().fit(X, -X[:, 0]), folder / "saved", **HOW)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in (folder / "saved").rglob("*"):
            zipped.write(path, path.relative_to(folder / "saved"))
    answer = native.post("/models/native/versions", content=archive.getvalue())
    assert answer.status_code == 201, answer.text
    native.put("/models/native/aliases/champion", json={"version": 1})
    for uri in ("models:/native@champion", "models:/native/1", "models:/native/latest"):
        assert abs(mlflow.sklearn.load_model(uri).coef_[0] + 1) < 1e-6, uri
    assert client.get_model_version_by_alias("native", "champion").version == "1"


def files(folder: Path) -> None:
    """Log, list and download files, a large one as well."""
    (folder / "sub").mkdir()
    (folder / "sub" / "héllo wörld+1%.txt").write_text("x" * 1000)
    large = folder / "large.bin"
    large.write_bytes(os.urandom(12 * 1024**2))
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder / "sub"), "a/b")
        mlflow.log_artifact(str(large))
        mlflow.log_dict({"a": 1}, "cfg/a.json")
    run_id = run.info.run_id
    top = {file.path: (file.is_dir, file.file_size) for file in client.list_artifacts(run_id)}
    assert top == {"a": (True, None), "cfg": (True, None), "large.bin": (False, 12 * 1024**2)}
    assert [file.path for file in client.list_artifacts(run_id, "a/b")] == [
        "a/b/héllo wörld+1%.txt"
    ]
    got = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="large.bin"))
    assert got.read_bytes() == large.read_bytes()
    got = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="a"))
    assert (got / "b" / "héllo wörld+1%.txt").read_text() == "x" * 1000
    hashed = {
        file["path"]: file["sha256"]
        for file in native.get(f"/runs/{run_id}/artifacts").json()["items"]
    }
    assert (hashed["large.bin"] is None) == bool(os.environ.get("MAESTRO_PARTS"))


def main() -> None:
    """Do all of it, each in a folder of its own."""
    for step in (models, native_models, files):
        with tempfile.TemporaryDirectory() as folder:
            step(Path(folder))
            sys.stdout.write(f"{step.__name__}\n")


if __name__ == "__main__":
    main()
