"""Saved views of run tables."""

from __future__ import annotations

from typing import Annotated, Any, NewType
from uuid import UUID

from pydantic import Field, StringConstraints

from maestro_ml.contracts.base import Contract, Request, Timestamp
from maestro_ml.contracts.tracking import ExperimentId

RunViewId = NewType("RunViewId", UUID)

ViewName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$"),
]
ViewState = Annotated[dict[str, Any], Field(max_length=50)]


class RunView(Contract):
    """How somebody looked at an experiment's runs: filter, columns, order and the like as `state`."""

    id: RunViewId
    experiment_id: ExperimentId
    name: str
    author: str
    state: dict[str, Any]
    updated_at: Timestamp


class RunViewCreate(Request):
    """A name that no other view of the experiment has; `state` is the page's own business."""

    name: ViewName
    state: ViewState


class RunViewUpdate(Request):
    """Only what is given changes."""

    name: ViewName | None = None
    state: ViewState | None = None


class RunViews(Contract):
    """All views of an experiment, by name."""

    items: list[RunView]
