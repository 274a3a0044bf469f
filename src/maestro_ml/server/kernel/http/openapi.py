"""The OpenAPI document of the whole API: FastAPI's own routes, and the hot paths it does not know."""

from __future__ import annotations

import inspect
import re
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from maestro_ml.server.kernel.http.hot import HotRoute

_MODELS = "#/components/schemas/{model}"


def describe_hot_routes(app: FastAPI, routes: list[HotRoute]) -> None:
    """Let `app.openapi()` tell of `routes` as of every other endpoint."""
    describe_rest = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = describe_rest()
            documented = [route for route in routes if route.tag]
            document.setdefault("components", {}).setdefault("schemas", {}).update(
                _schemas(documented)
            )
            for route in documented:
                document["paths"].setdefault(route.path, {})[route.method.lower()] = _operation(
                    route
                )
            document["components"]["securitySchemes"] = {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key (mml_…), or the access token of a login.",
                }
            }
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _schemas(routes: list[HotRoute]) -> dict[str, Any]:
    takes = [(route.takes, "validation") for route in routes if route.takes]
    answers = [(route.answers, "serialization") for route in routes if route.answers]
    _, definitions = models_json_schema([*takes, *answers], ref_template=_MODELS)  # type: ignore[list-item]
    found: dict[str, Any] = definitions.get("$defs", {})
    return found


def _operation(route: HotRoute) -> dict[str, Any]:
    text = inspect.getdoc(route.handler) or ""
    operation: dict[str, Any] = {
        "tags": [route.tag],
        "summary": text.partition("\n")[0],
        "description": text,
        "operationId": _operation_id(route),
        "security": [{"bearer": []}],
        "x-permission": str(route.permission),
        "x-rate-tier": route.tier.value,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", route.path)
        ],
        "responses": {"200": {"description": "Done", **_content(route.answers, "serialization")}},
    }
    if route.takes is not None:
        operation["requestBody"] = {"required": True, **_content(route.takes, "validation")}
    return operation


def _content(model: Any, mode: Any) -> dict[str, Any]:
    if model is None:
        return {}
    schema = TypeAdapter(model).json_schema(ref_template=_MODELS, mode=mode)
    schema.pop("$defs", None)
    return {"content": {"application/json": {"schema": schema}}}


def _operation_id(route: HotRoute) -> str:
    return re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_")
