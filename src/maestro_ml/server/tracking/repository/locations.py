"""Where artifacts are, as SQL; `e` is the experiment. The rules say the same of one run or model."""

from __future__ import annotations

JOINED_EXPERIMENT = "e.artifact_location"
"""What stands in every expression that needs the experiment."""

_LOCATION = f"coalesce({JOINED_EXPERIMENT}, 'mlflow-artifacts:/' || e.id)"


def below_location(path: str) -> str:
    """The URI of `path`, an expression, in the experiment's folder; a query stays at the end."""
    return (
        f"(rtrim(split_part({_LOCATION}, '?', 1), '/') || '/' || {path} "
        f"|| coalesce(substring({_LOCATION} FROM '[?].*'), ''))"
    )
