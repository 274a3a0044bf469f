"""What a run read and wrote: data sets and logged models."""

from __future__ import annotations

from maestro_ml.contracts.base import Contract


class RunDataset(Contract):
    """A data set as the run described it; `context` is what for: training, eval, …"""

    name: str
    digest: str
    context: str | None
    source_type: str
    source: str
    schema_text: str
    profile: str


class RunModel(Contract):
    """A logged model that the run wrote (at `step`) or read."""

    id: str
    name: str
    model_type: str
    status: str
    written: bool
    step: int | None


class RunRelations(Contract):
    """Everything that a run is tied to."""

    datasets: list[RunDataset]
    models: list[RunModel]
