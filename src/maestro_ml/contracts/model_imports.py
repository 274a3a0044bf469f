"""Registered models and versions that come from another registry, with numbers and dates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maestro_ml.contracts.base import Contract, Request, Timestamp
from maestro_ml.contracts.imports import Text
from maestro_ml.contracts.registry import Stage, VersionState


class ModelImport(Request):
    """A model as it was elsewhere; it is recognised by its name."""

    name: Text
    description: Text = ""
    tags: dict[Text, Text] = Field(default_factory=dict)
    created_at: Timestamp
    updated_at: Timestamp


class VersionImport(Request):
    """A version as it was elsewhere, recognised by its number and `created_at`.

    `source` is as it was; the files that were imported with its run or logged model become its own.
    """

    model: Text
    version: Annotated[int, Field(ge=1, lt=2**31)]
    state: VersionState
    stage: Stage
    aliases: list[Text] = Field(default_factory=list)
    description: Text = ""
    tags: dict[Text, Text] = Field(default_factory=dict)
    source: Text
    run_id: Text = ""
    run_link: Text = ""
    logged_model_id: Text | None = None
    created_by: Text
    created_at: Timestamp
    updated_at: Timestamp


class ImportedVersion(Contract):
    """What became of a version; `aliases` are those of its own that point at it now."""

    version: int
    aliases: list[str]
    files: int
