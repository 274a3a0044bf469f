"""What `import maestro_ml` offers, and how little it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import maestro_ml
from maestro_ml.sdk import errors

HEAVY = {"fastapi", "httpx", "numpy", "pandas", "pydantic", "rich", "sqlalchemy", "typer"}


def imported_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after `statement`."""
    listing = f"{statement}\nimport sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_public_names_are_these() -> None:
    assert maestro_ml.__all__ == [
        "APIError",
        "AuthenticationError",
        "ConfigurationError",
        "Conflict",
        "ConnectionFailed",
        "InvalidRequest",
        "JobFailed",
        "MaestroClient",
        "MaestroError",
        "NotFound",
        "PermissionDenied",
        "RateLimited",
        "ServerError",
        "Timeout",
        "UnexpectedAnswer",
        "__version__",
        "autolog",
        "current_run",
        "log",
        "log_artifact",
        "log_metrics",
        "log_params",
        "run",
        "set_tags",
    ]
    for name in maestro_ml.__all__:
        assert getattr(maestro_ml, name) is not None
    assert dir(maestro_ml) == maestro_ml.__all__


def test_every_error_is_public_and_drawn_in_the_tree() -> None:
    kinds = {
        name
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, errors.MaestroError)
    }
    assert kinds <= set(maestro_ml.__all__)
    assert all(name in (errors.__doc__ or "") for name in kinds)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Nonsense'"):
        maestro_ml.Nonsense  # noqa: B018


def test_the_import_is_light() -> None:
    assert imported_by("import maestro_ml") & HEAVY == set()
    assert imported_by("import maestro_ml; maestro_ml.NotFound") & HEAVY == set()


def test_the_client_needs_neither_arrays_nor_a_database() -> None:
    loaded = imported_by("import maestro_ml; maestro_ml.MaestroClient('http://x', 'k')")
    assert loaded & {"fastapi", "numpy", "pandas", "sqlalchemy", "maestro_ml.server"} == set()


def test_a_run_needs_neither_arrays_nor_the_packages_of_a_server() -> None:
    loaded = imported_by("import maestro_ml; maestro_ml.run; maestro_ml.autolog")
    assert loaded & {"fastapi", "mlflow", "numpy", "pandas", "sqlalchemy"} == set()
