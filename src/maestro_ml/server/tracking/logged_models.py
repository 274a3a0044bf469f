"""Logged models: what a run leaves behind, before anybody registers it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson

from maestro_ml.contracts.run_names import invent_run_name
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import Calls, SessionCalls, UnitsOfWork
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.search import Arguments, SearchInvalid, from_token, to_token
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import LoggedModelTagNotFound, ParamChanged
from maestro_ml.server.tracking.repository import (
    LoggedModelFunctions,
    LoggedModelRecord,
    LoggedModelSelection,
    sort_keys,
)
from maestro_ml.server.tracking.rules import NewLoggedModel


class LoggedModelService:
    """The logged models of the caller's tenant; each call is one or two statements."""

    def __init__(self, calls: Calls, units: UnitsOfWork) -> None:
        self._calls = calls
        self._units = units

    async def create(
        self,
        context: Context,
        experiment_id: int,
        *,
        name: str = "",
        model_type: str = "",
        source_run_id: str = "",
        params: Mapping[str, str],
        tags: Mapping[str, str],
    ) -> LoggedModelRecord:
        """A logged model whose files are still to come.

        Raises ExperimentNotFound, ExperimentDeleted.
        """
        model = NewLoggedModel(
            id=f"m-{uuid4().hex}",
            experiment_id=experiment_id,
            name=name or invent_run_name(),
            model_type=model_type,
            source_run_id=source_run_id,
            params=dict(params),
            tags=dict(tags),
            created_at=now(),
        )
        word = await self._functions(context).create(model, context)
        if word == "experiment_missing":
            raise outcomes.experiment_not_found(experiment_id)
        if word is not None:
            raise outcomes.experiment_deleted(experiment_id)
        return await self.get(context, model.id)

    async def get(
        self, context: Context, model_id: str, *, allow_deleted: bool = False
    ) -> LoggedModelRecord:
        """The logged model with this id. Raises LoggedModelNotFound."""
        found = await self._functions(context).list([model_id])
        if not found or (found[0].deleted_at is not None and not allow_deleted):
            raise outcomes.logged_model_not_found(model_id)
        return found[0]

    async def finalize(self, context: Context, model_id: str, status: str) -> LoggedModelRecord:
        """Set the status, usually READY or FAILED. Raises LoggedModelNotFound."""
        await self._change(context, model_id, status=status)
        return await self.get(context, model_id, allow_deleted=True)

    async def log_params(self, context: Context, model_id: str, params: Mapping[str, str]) -> None:
        """Add params, which keep their values. Raises LoggedModelNotFound, ParamChanged."""
        await self._change(context, model_id, params=dict(params))

    async def set_tags(
        self, context: Context, model_id: str, tags: Mapping[str, str]
    ) -> LoggedModelRecord:
        """Set tags. Raises LoggedModelNotFound."""
        await self._change(context, model_id, tags=dict(tags))
        return await self.get(context, model_id, allow_deleted=True)

    async def delete_tag(self, context: Context, model_id: str, key: str) -> None:
        """Remove a tag. Raises LoggedModelNotFound, LoggedModelTagNotFound."""
        await self._change(context, model_id, delete_tag=key)

    async def delete(self, context: Context, model_id: str) -> None:
        """Hide a logged model; it goes with its files a week later, or with its experiment.

        Raises LoggedModelNotFound.
        """
        await self._change(context, model_id, delete=True)

    async def search(
        self,
        context: Context,
        chosen: LoggedModelSelection,
        *,
        limit: int,
        token: str | None = None,
    ) -> tuple[list[LoggedModelRecord], str | None]:
        """A page of what fits, and the token of the next. Raises SearchInvalid."""
        keys = sort_keys(chosen, Arguments())
        mark = _mark(chosen)
        place = None
        if token:
            marked, _, rest = token.partition(".")
            if marked != mark:
                raise SearchInvalid("Invalid page token: it belongs to another search.")
            place = from_token(keys, rest)
        async with self._units.tenant(context) as unit:
            functions = LoggedModelFunctions(SessionCalls(unit.session), context.tenant_id)
            found = await functions.search(chosen, limit=limit + 1, place=place)
            shown = found[:limit]
            records = await functions.list([row[0] for row in shown])
        more = len(found) > limit
        return records, f"{mark}.{to_token(keys, shown[-1][1:])}" if more else None

    async def _change(self, context: Context, model_id: str, **changes: Any) -> None:
        word = await self._functions(context).change(
            model_id, moment=now(), auditor=context, **changes
        )
        if word is not None:
            raise _refused(word, model_id, changes)

    def _functions(self, context: Context) -> LoggedModelFunctions:
        return LoggedModelFunctions(self._calls, context.tenant_id)


def _mark(chosen: LoggedModelSelection) -> str:
    """What tells the pages of one search from those of another."""
    return hashlib.sha256(orjson.dumps(chosen)).hexdigest()[:8]


def _refused(word: str, model_id: str, changes: dict[str, Any]) -> MaestroError:
    if word == "tag_missing":
        return LoggedModelTagNotFound(
            f"No tag with key {changes['delete_tag']!r} found for model with ID {model_id!r}."
        )
    if word == "param_changed":
        return ParamChanged(
            f"A param of the logged model {model_id} has another value already; nothing was logged. "
            "Log it under another name."
        )
    return outcomes.logged_model_not_found(model_id)
