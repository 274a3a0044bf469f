"""MLflow's model versions on the one registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.registry import Stage, StageTransition, VersionUpdate
from maestro_ml.server.kernel.db import Calls, UnitsOfWork
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.registered_models import description, page, search_of
from maestro_ml.server.protocols.mlflow.registry_documents import version_document
from maestro_ml.server.protocols.mlflow.registry_rules import (
    model_name,
    stage_of,
    tag,
    tag_key,
    tags_of,
    version_missing,
    version_number,
)
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.version_sources import VersionSources
from maestro_ml.server.protocols.mlflow.wire import EMPTY, Fields, json_response, read
from maestro_ml.server.registry import (
    ModelNotFound,
    RegistryFunctions,
    RegistrySearchRepository,
    RegistryService,
    SourcedVersions,
    VersionNotFound,
    VersionRecord,
    VersionRequest,
)
from maestro_ml.server.search import SearchLanguage, Subject

_PAGE = 10_000
_MOST = 200_000
_ACTIVE = (Stage.STAGING, Stage.PRODUCTION)


class _Versions:
    def __init__(
        self,
        calls: Calls,
        units: UnitsOfWork,
        registry: RegistryService,
        sourced: SourcedVersions,
        sources: VersionSources,
        language: SearchLanguage,
    ) -> None:
        self._calls = calls
        self._units = units
        self._registry = registry
        self._sourced = sourced
        self._sources = sources
        self._language = language

    async def create(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        asked = VersionRequest(
            model=model_name(fields),
            source=fields.required_text("source"),
            run_id=fields.text("run_id"),
            run_link=fields.text("run_link"),
            logged_model_id=fields.text("model_id") or None,
            description=description(fields),
            tags=tags_of(fields),
        )
        functions = self._functions(request)
        resolved = await self._sources.resolve(request.context, functions, asked)
        record = await self._sourced.register(request.context, resolved)
        return json_response({"model_version": version_document(record)})

    async def get(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, number = model_name(fields), version_number(fields)
        return await self._answer(request, name, number)

    async def update(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, number = _named(fields)
        body = VersionUpdate(description=description(fields))
        async with self._units.tenant(request.context) as unit:
            with _missing(name, number):
                await self._registry.update_version(unit, name, str(number), body)
        return await self._answer(request, name, number)

    async def transition_stage(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        name, number = _named(fields)
        stage, archive = (
            stage_of(fields.required_text("stage")),
            fields.flag("archive_existing_versions"),
        )
        if archive and stage not in _ACTIVE:
            raise InvalidParameter(
                "Model version transition cannot archive existing model versions because "
                f"'{fields.text('stage')}' is not an Active stage. Valid stages are "
                f"{[str(each) for each in _ACTIVE]}"
            )
        body = StageTransition(stage=stage, archive_existing=archive)
        async with self._units.tenant(request.context) as unit:
            with _missing(name, number):
                await self._registry.transition_stage(unit, name, number, body)
        return await self._answer(request, name, number)

    async def delete(self, request: HotRequest) -> HotResponse:
        name, number = _named(await read(request))
        async with self._units.tenant(request.context) as unit:
            with _missing(name, number):
                await self._registry.delete_version(unit, name, str(number))
        return EMPTY

    async def download_uri(self, request: HotRequest) -> HotResponse:
        """Where the files are: with us, or where the source says."""
        fields = await read(request)
        found = await self._find(request, model_name(fields), version_number(fields))
        uri = await self._sources.location(request.context, self._functions(request), found)
        return json_response({"artifact_uri": uri})

    async def set_tag(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        return await self._tag(request, fields, *tag(fields))

    async def delete_tag(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        return await self._tag(request, fields, tag_key(fields), None)

    async def search(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        asked = await search_of(fields, self._language, Subject.VERSIONS, _PAGE, _MOST)
        async with self._units.tenant(request.context) as unit:
            repository = RegistrySearchRepository(unit.session, request.context.tenant_id)
            versions, token = await repository.versions(asked)
        shown = [version_document(each) for each in versions]
        return json_response(page("model_versions", shown, token))

    async def _tag(
        self, request: HotRequest, fields: Fields, key: str, value: str | None
    ) -> HotResponse:
        name, number = _named(fields)
        async with self._units.tenant(request.context) as unit:
            with _missing(name, number):
                await self._registry.set_version_tag(unit, name, number, key, value)
        return EMPTY

    async def _answer(self, request: HotRequest, name: str, number: int) -> HotResponse:
        found = await self._find(request, name, number)
        return json_response({"model_version": version_document(found)})

    async def _find(self, request: HotRequest, name: str, number: int) -> VersionRecord:
        found = await self._functions(request).find_version(name, number=number)
        if found.problem is not None:
            raise version_missing(name, number)
        return found

    def _functions(self, request: HotRequest) -> RegistryFunctions:
        return RegistryFunctions(self._calls, request.context.tenant_id)


def _named(fields: Fields) -> tuple[str, int]:
    """The model and the number that the request names. Raises InvalidParameter, DoesNotExist."""
    name, number = model_name(fields), version_number(fields)
    if number == 0:
        raise version_missing(name, fields.text("version"))
    return name, number


@contextmanager
def _missing(name: str, number: int) -> Iterator[None]:
    """Raise DoesNotExist in MLflow's words for a version that is not there."""
    try:
        yield
    except (ModelNotFound, VersionNotFound) as error:
        raise version_missing(name, number) from error


def model_version_endpoints(
    calls: Calls,
    units: UnitsOfWork,
    registry: RegistryService,
    sourced: SourcedVersions,
    sources: VersionSources,
    language: SearchLanguage,
) -> list[Endpoint]:
    """`model-versions/…`."""
    versions = _Versions(calls, units, registry, sourced, sources, language)
    get, write = Permission.MODEL_READ, Permission.MODEL_WRITE
    at = "model-versions"
    return [
        Endpoint("POST", f"{at}/create", versions.create, write),
        Endpoint("GET", f"{at}/get", versions.get, get),
        Endpoint("PATCH", f"{at}/update", versions.update, write),
        Endpoint("POST", f"{at}/transition-stage", versions.transition_stage, write),
        Endpoint("DELETE", f"{at}/delete", versions.delete, Permission.MODEL_DELETE),
        Endpoint("GET", f"{at}/search", versions.search, get),
        Endpoint("GET", f"{at}/get-download-uri", versions.download_uri, get),
        Endpoint("POST", f"{at}/set-tag", versions.set_tag, write),
        Endpoint("DELETE", f"{at}/delete-tag", versions.delete_tag, write),
    ]
