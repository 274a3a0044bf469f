"""What a browser or program and `/api/v1/ws` say to each other: one JSON object in each message.

The client begins with `LiveLogin`, unless its handshake carried an Authorization header, and hears
`ready`. Then it subscribes. Every message about a subscription carries its `id` and, where there is
something to catch up with after a cut, a `cursor`: subscribe again with the last one, and nothing is
missed. Points may come that are in the history already; a history holds each point once.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints, TypeAdapter, model_validator

from maestro_ml.contracts.base import Contract, Request
from maestro_ml.contracts.jobs import Job, JobLogChunk
from maestro_ml.contracts.tracking import MetricHistory, Run, RunId

SubscriptionId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
"""Chosen by the client, unique on its connection."""


class LiveLogin(Request):
    """Who is there; it never stands in the address, which others log."""

    type: Literal["login"]
    token: SecretStr


class Subscribe(Request):
    """Follow a run, the runs of an experiment, or a job, from `cursor` on.

    Without one runs are followed from now on, a job from its start.
    """

    type: Literal["subscribe"]
    id: SubscriptionId
    kind: Literal["run", "experiment", "job"]
    target: UUID | Annotated[int, Field(ge=0, lt=2**63)]
    cursor: str | None = Field(default=None, max_length=10_000)

    @model_validator(mode="after")
    def _target_fits(self) -> Self:
        if isinstance(self.target, int) != (self.kind == "experiment"):
            raise ValueError(
                "the target is the number of an experiment, or the UUID of a run or a job"
            )
        return self


class Unsubscribe(Request):
    """Follow it no more."""

    type: Literal["unsubscribe"]
    id: SubscriptionId


ClientMessage = Annotated[Subscribe | Unsubscribe, Field(discriminator="type")]
client_messages: TypeAdapter[Subscribe | Unsubscribe] = TypeAdapter(ClientMessage)


class Ready(Contract):
    """The server knows who is there."""

    type: Literal["ready"] = "ready"


class Heartbeat(Contract):
    """Nothing happened for a while, and the connection lives."""

    type: Literal["heartbeat"] = "heartbeat"


class RunChanged(Contract):
    """The run as it is now; first of all, and whenever its status, name, params or tags change."""

    type: Literal["run"] = "run"
    id: SubscriptionId
    cursor: str
    run: Run


class PointsAdded(Contract):
    """Points that were logged since the last message."""

    type: Literal["points"] = "points"
    id: SubscriptionId
    cursor: str
    series: list[MetricHistory]


class RunsChanged(Contract):
    """Runs of an experiment as they are now, with their latest metrics; `gone` are purged ones."""

    type: Literal["runs"] = "runs"
    id: SubscriptionId
    cursor: str
    runs: list[Run]
    gone: list[RunId]


class ReadAgain(Contract):
    """There is too much to send: read again.

    Of a run the histories of these metrics, or of all (None); of an experiment what you show of it.
    """

    type: Literal["reread"] = "reread"
    id: SubscriptionId
    cursor: str
    keys: list[str] | None


class JobChanged(Contract):
    """The job as it is now; first of all, and whenever its state or progress changes."""

    type: Literal["job"] = "job"
    id: SubscriptionId
    cursor: str
    job: Job


class LogAdded(Contract):
    """What the job has written since; `complete`: nothing will follow, and the subscription ends."""

    type: Literal["log"] = "log"
    id: SubscriptionId
    cursor: str
    chunks: list[JobLogChunk]
    complete: bool


class LiveProblem(Contract):
    """The request with this `id` has failed, and its subscription, if there was one, has ended."""

    type: Literal["error"] = "error"
    id: SubscriptionId | None
    code: str
    detail: str


FeedMessage = RunChanged | PointsAdded | RunsChanged | ReadAgain | JobChanged | LogAdded
ServerMessage = Ready | Heartbeat | LiveProblem | FeedMessage
server_messages: TypeAdapter[ServerMessage] = TypeAdapter(
    Annotated[ServerMessage, Field(discriminator="type")]
)
