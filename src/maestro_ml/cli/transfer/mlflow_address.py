"""Which store an address means: a server, a folder of runs or a database."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from maestro_ml.sdk.errors import ConfigurationError

_SQL = ("postgresql", "mysql", "mssql", "sqlite")
_SERVER = "Or start `mlflow server --backend-store-uri {}` and give its address."


def tracking_uri(address: str) -> str:
    """The URI for MLflow's client. Raises ConfigurationError when nothing is there."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https"):
        return address.rstrip("/")
    if parts.scheme.partition("+")[0] in _SQL:
        return _database(address)
    path = Path(parts.path if parts.scheme == "file" else address).expanduser().absolute()
    if path.is_file():
        return _database(f"sqlite:///{path}")
    return _folder(path)


def _folder(path: Path) -> str:
    # MLflow would make a store of any folder that is not one yet.
    for place in (path, path / "mlruns"):
        if any(place.glob("*/meta.yaml")):
            return place.as_uri()
    raise ConfigurationError(
        f"{path} holds no MLflow runs.",
        "Give the folder `mlruns`, a database such as sqlite:///mlflow.db, or the address of an "
        "MLflow server such as http://127.0.0.1:5000.",
    )


def _database(address: str) -> str:
    if find_spec("sqlalchemy") is None:
        raise ConfigurationError(
            "Reading MLflow's database needs SQLAlchemy, which is not installed here.",
            "Install it with: pip install 'maestro-ml[server]'. " + _SERVER.format(address),
        )
    parts = urlsplit(address)
    if parts.scheme == "sqlite" and not Path(parts.path[1:]).is_file():
        raise ConfigurationError(
            f"There is no file {parts.path[1:]}.",
            "An absolute path has four slashes: sqlite:////data/mlflow.db.",
        )
    if parts.scheme == "postgresql" and find_spec("psycopg2") is None and find_spec("psycopg"):
        return address.replace("postgresql:", "postgresql+psycopg:", 1)
    return address
