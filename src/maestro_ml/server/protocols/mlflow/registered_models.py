"""MLflow's registered models on the one registry."""

from __future__ import annotations

from typing import Any

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.registry import ModelUpdate, Stage
from maestro_ml.server.kernel.db import Calls, SessionCalls, UnitsOfWork
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.documents import pairs, to_milliseconds
from maestro_ml.server.protocols.mlflow.errors import AlreadyExists, InvalidParameter
from maestro_ml.server.protocols.mlflow.registry_documents import model_document, version_document
from maestro_ml.server.protocols.mlflow.registry_rules import (
    PROMPT_TAG,
    alias_name,
    model_missing,
    model_name,
    stage_of,
    tag,
    tag_key,
    tags_of,
    version_missing,
    version_number,
)
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import EMPTY, Fields, json_response, read
from maestro_ml.server.registry import (
    AliasNotFound,
    ModelNameTaken,
    ModelNotFound,
    RegistryFunctions,
    RegistrySearch,
    RegistrySearchRepository,
    RegistryService,
)
from maestro_ml.server.search import Condition, SearchLanguage, Subject

_PAGE = 100
_MOST = 1000
_MAX_DESCRIPTION = 5000


class _Models:
    def __init__(
        self,
        calls: Calls,
        units: UnitsOfWork,
        registry: RegistryService,
        language: SearchLanguage,
    ) -> None:
        self._calls = calls
        self._units = units
        self._registry = registry
        self._language = language

    async def create(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, tags, said = model_name(fields), tags_of(fields), description(fields)
        made = await self._functions(request).create_model(name, said, tags, request.context)
        if made is None:
            raise AlreadyExists(f"Registered Model (name={name}) already exists.")
        moment = to_milliseconds(made)
        document: dict[str, Any] = {
            "name": name,
            "creation_timestamp": moment,
            "last_updated_timestamp": moment,
        }
        if said:
            document["description"] = said
        if tags:
            document["tags"] = pairs(tags)
        return json_response({"registered_model": document})

    async def get(self, request: HotRequest) -> HotResponse:
        return await self._answer(request, model_name(await read(request)))

    async def rename(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, wanted = model_name(fields), model_name(fields, "new_name")
        try:
            await self._update(request, name, ModelUpdate(name=wanted))
        except ModelNameTaken as error:
            raise AlreadyExists(f"Registered Model (name={wanted}) already exists.") from error
        return await self._answer(request, wanted)

    async def update(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name = model_name(fields)
        await self._update(request, name, ModelUpdate(description=description(fields)))
        return await self._answer(request, name)

    async def delete(self, request: HotRequest) -> HotResponse:
        name = model_name(await read(request))
        async with self._units.tenant(request.context) as unit:
            try:
                await self._registry.delete(unit, name)
            except ModelNotFound as error:
                raise model_missing(name) from error
        return EMPTY

    async def latest_versions(self, request: HotRequest) -> HotResponse:
        """The newest version of each stage, or of those that are named."""
        fields = await read(request)
        name = model_name(fields)
        stages = {stage_of(text) for text in fields.texts("stages")} or {*Stage}
        functions = self._functions(request)
        model = await functions.find_model(name)
        if model is None:
            raise model_missing(name)
        versions = await functions.list_versions(model.latest)
        shown = [version_document(each) for each in versions if each.stage in stages]
        return json_response({"model_versions": shown} if shown else {})

    async def set_tag(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, (key, value) = model_name(fields), tag(fields)
        return await self._tag(request, name, key, value)

    async def delete_tag(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        return await self._tag(request, model_name(fields), tag_key(fields), None)

    async def set_alias(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, alias = model_name(fields), alias_name(fields, new=True)
        number = version_number(fields)
        functions = self._functions(request)
        if not await functions.set_alias(name, alias, number, request.context):
            raise version_missing(name, fields.text("version"))
        return EMPTY

    async def delete_alias(self, request: HotRequest) -> HotResponse:
        """Remove an alias; one that is not there is gone already."""
        fields = await read(request)
        name, alias = model_name(fields), alias_name(fields)
        async with self._units.tenant(request.context) as unit:
            try:
                await self._registry.delete_alias(unit, name, alias)
            except ModelNotFound as error:
                raise model_missing(name) from error
            except AliasNotFound:
                pass
        return EMPTY

    async def get_aliased(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, alias = model_name(fields), alias_name(fields)
        latest = alias.lower() == "latest"
        found = await self._functions(request).find_version(name, alias=None if latest else alias)
        if found.problem == "model_missing":
            raise model_missing(name)
        if found.problem is not None:
            if latest:
                raise version_missing(name, "latest")
            raise InvalidParameter(f"Registered model alias {alias} not found.")
        return json_response({"model_version": version_document(found)})

    async def search(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        asked = await search_of(fields, self._language, Subject.MODELS, _PAGE, _MOST)
        async with self._units.tenant(request.context) as unit:
            tenant_id = request.context.tenant_id
            models, token = await RegistrySearchRepository(unit.session, tenant_id).models(asked)
            functions = RegistryFunctions(SessionCalls(unit.session), tenant_id)
            latest = [id for model in models for id in model.latest]
            versions = {each.id: each for each in await functions.list_versions(latest)}
        shown = [
            model_document(model, [versions[id] for id in model.latest if id in versions])
            for model in models
        ]
        return json_response(page("registered_models", shown, token))

    async def _tag(
        self, request: HotRequest, name: str, key: str, value: str | None
    ) -> HotResponse:
        async with self._units.tenant(request.context) as unit:
            try:
                await self._registry.set_tag(unit, name, key, value)
            except ModelNotFound as error:
                raise model_missing(name) from error
        return EMPTY

    async def _update(self, request: HotRequest, name: str, body: ModelUpdate) -> None:
        async with self._units.tenant(request.context) as unit:
            try:
                await self._registry.update(unit, name, body)
            except ModelNotFound as error:
                raise model_missing(name) from error

    async def _answer(self, request: HotRequest, name: str) -> HotResponse:
        functions = self._functions(request)
        model = await functions.find_model(name)
        if model is None:
            raise model_missing(name)
        versions = await functions.list_versions(model.latest)
        return json_response({"registered_model": model_document(model, versions)})

    def _functions(self, request: HotRequest) -> RegistryFunctions:
        return RegistryFunctions(self._calls, request.context.tenant_id)


def description(fields: Fields) -> str:
    """What is said of a model or version. Raises InvalidParameter for too much."""
    said = fields.text("description")
    if len(said) > _MAX_DESCRIPTION:
        raise InvalidParameter(
            f"'description' exceeds the maximum length of {_MAX_DESCRIPTION} characters"
        )
    return said


async def search_of(
    fields: Fields, language: SearchLanguage, subject: Subject, usual: int, most: int
) -> RegistrySearch:
    """The search that `fields` ask for. Raises InvalidParameter, SearchInvalid."""
    limit = fields.whole("max_results", usual) or 0
    if limit < 1:
        raise InvalidParameter(
            f"Invalid value for max_results. It must be a positive integer, but got {limit}"
        )
    if limit > most:
        raise InvalidParameter(
            f"Invalid value {limit} for parameter 'max_results' supplied: It must be at most {most}, "
            f"but got value {limit}"
        )
    conditions = await language.conditions(subject, fields.text("filter"))
    return RegistrySearch(
        conditions=tuple(each for each in conditions if not _says_no_prompts(each)),
        orders=await language.orders(subject, fields.texts("order_by")),
        limit=limit,
        token=fields.text("page_token") or None,
    )


def _says_no_prompts(condition: Condition) -> bool:
    """Whether the condition, which clients add by themselves, holds for every model there is here."""
    return condition.key == PROMPT_TAG and (condition.comparator, str(condition.value).lower()) in (
        ("=", "false"),
        ("!=", "true"),
    )


def page(name: str, shown: list[dict[str, Any]], token: str | None) -> dict[str, Any]:
    """A page of a list, without what is empty."""
    return {
        **({name: shown} if shown else {}),
        **({"next_page_token": token} if token else {}),
    }


def registered_model_endpoints(
    calls: Calls, units: UnitsOfWork, registry: RegistryService, language: SearchLanguage
) -> list[Endpoint]:
    """`registered-models/…`."""
    models = _Models(calls, units, registry, language)
    get, write = Permission.MODEL_READ, Permission.MODEL_WRITE
    at = "registered-models"
    return [
        Endpoint("POST", f"{at}/create", models.create, write),
        Endpoint("GET", f"{at}/get", models.get, get),
        Endpoint("POST", f"{at}/rename", models.rename, write),
        Endpoint("PATCH", f"{at}/update", models.update, write),
        Endpoint("DELETE", f"{at}/delete", models.delete, Permission.MODEL_DELETE),
        Endpoint("GET", f"{at}/search", models.search, get),
        Endpoint("GET", f"{at}/get-latest-versions", models.latest_versions, get),
        Endpoint("POST", f"{at}/get-latest-versions", models.latest_versions, get),
        Endpoint("POST", f"{at}/set-tag", models.set_tag, write),
        Endpoint("DELETE", f"{at}/delete-tag", models.delete_tag, write),
        Endpoint("POST", f"{at}/alias", models.set_alias, write),
        Endpoint("DELETE", f"{at}/alias", models.delete_alias, write),
        Endpoint("GET", f"{at}/alias", models.get_aliased, get),
    ]
