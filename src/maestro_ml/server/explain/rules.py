"""What is asked of a model, and what can be refused before anything is computed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from maestro_ml.contracts.explain import MOST_INSTANCES, ExplanationKind, Instance
from maestro_ml.contracts.registry import Signature
from maestro_ml.server.explain.errors import (
    ColumnMissing,
    ColumnUnknown,
    InstanceMissing,
    TooManyInstances,
)

KIND = "explanations"
"""The kind of the blobs."""
ORPHANED_AFTER = timedelta(days=1)
REPORT, DATA = "report.json", "values.parquet"
MEDIA = {
    "svg": "image/svg+xml",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
_ENGINE = 1
"""Counts up when the same question gets another answer, so that old ones are not taken for it."""


class Question(BaseModel):
    """What an explanation answers; whoever asks the same again gets the same answer.

    dataset: `name@version` of the rows to compare with, None for the input example. row: the number of
    the explained row in it; else `instances` are explained.
    """

    model_config = ConfigDict(frozen=True)

    kind: ExplanationKind
    dataset: str | None
    data_sha256: str
    target: str | None
    metric: str | None
    seed: int
    row: int | None = None
    instances: list[Instance] = []


class ExplainPayload(BaseModel):
    """An explanation as it is queued."""

    model_config = ConfigDict(frozen=True)

    explanation_id: UUID
    version_id: UUID
    question: Question


def digest_of(question: Question) -> str:
    """One text for all that the answer depends on, beside the version itself."""
    said = json.dumps([_ENGINE, question.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def check_instances(instances: Sequence[Instance], signature: Signature | None) -> None:
    """Refuse rows that the model cannot take.

    Raises InstanceMissing, TooManyInstances, ColumnMissing, ColumnUnknown.
    """
    if not instances:
        raise InstanceMissing(
            "A local explanation needs `instance_data`: a row as it is sent for a prediction. Ask for "
            'explanation_type "global" to explain the model as a whole.'
        )
    if len(instances) > MOST_INSTANCES:
        raise TooManyInstances(
            f"{len(instances)} rows are too many for one explanation. Send at most {MOST_INSTANCES}, "
            'or ask for explanation_type "global".'
        )
    if signature is None:
        return
    known = [column.name for column in signature.inputs]
    needed = [column.name for column in signature.inputs if column.required]
    for number, row in enumerate(instances):
        missing = [name for name in needed if name not in row]
        if missing:
            raise ColumnMissing(
                f"Row {number} lacks {', '.join(missing)}. Send every column that the model was "
                "trained on, null where a value is not known."
            )
        unknown = [name for name in row if name not in known]
        if unknown:
            raise ColumnUnknown(
                f"Row {number} has {', '.join(unknown)}, which the model does not take. It takes "
                f"{', '.join(known)}."
            )
