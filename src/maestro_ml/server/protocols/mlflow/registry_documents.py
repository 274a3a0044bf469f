"""Models and versions as MLflow's JSON shows them: what is empty or unset is left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from maestro_ml.server.protocols.mlflow.artifacts import version_uri
from maestro_ml.server.protocols.mlflow.documents import pairs, to_milliseconds
from maestro_ml.server.registry import ModelRecord, VersionRecord

_STATUS = {"pending": "PENDING_REGISTRATION", "ready": "READY", "failed": "FAILED_REGISTRATION"}


def version_document(record: VersionRecord) -> dict[str, Any]:
    """A ModelVersion of MLflow."""
    document: dict[str, Any] = {
        "name": record.model,
        "version": str(record.number),
        "creation_timestamp": to_milliseconds(record.created_at),
        "last_updated_timestamp": to_milliseconds(record.updated_at),
        "description": record.description,
        "current_stage": record.stage,
        "source": record.source or version_uri(record.id),
        "run_id": record.run_id or "",
        "status": _STATUS[record.state],
        "run_link": record.run_link or "",
    }
    if record.tags != "{}":
        document["tags"] = pairs(orjson.loads(record.tags))
    if record.aliases:
        document["aliases"] = record.aliases
    return document


def model_document(record: ModelRecord, latest: Iterable[VersionRecord]) -> dict[str, Any]:
    """A RegisteredModel of MLflow with the newest version of each stage."""
    document: dict[str, Any] = {
        "name": record.name,
        "creation_timestamp": to_milliseconds(record.created_at),
        "last_updated_timestamp": to_milliseconds(record.updated_at),
    }
    if record.description:
        document["description"] = record.description
    versions = [version_document(each) for each in latest]
    if versions:
        document["latest_versions"] = versions
    if record.tags != "{}":
        document["tags"] = pairs(orjson.loads(record.tags))
    if record.aliases:
        document["aliases"] = [
            {"alias": alias, "version": str(number)}
            for alias, number in zip(record.aliases, record.numbers or (), strict=True)
        ]
    return document
