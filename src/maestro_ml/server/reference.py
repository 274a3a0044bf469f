"""`GET /docs`: the API reference as one page without scripts, so that it works without a network."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #3b6fd4; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem; text-transform: capitalize }
nav a { margin-right: 1rem; white-space: nowrap } a { color: var(--accent) }
details { border-top: 1px solid var(--line); padding: .4rem 0 }
summary { cursor: pointer; display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline }
summary:focus-visible { outline: 2px solid var(--accent) }
.method { font-weight: 700; min-width: 4.2rem } code, pre { font: .9em ui-monospace, monospace }
.told { opacity: .75; flex: 1 1 18rem } pre { background: var(--soft); padding: .8rem; overflow: auto }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
"""
_ORDER = ("get", "post", "put", "patch", "delete")


def reference_policy() -> str:
    """The content security policy of the page: its one style, by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def reference_page(document: dict[str, Any]) -> str:
    """The page for an OpenAPI document."""
    by_tag: dict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
    for path, operations in sorted(document["paths"].items()):
        for method in _ORDER:
            if method in operations:
                operation = operations[method]
                by_tag[operation.get("tags", ["other"])[0]].append((method, path, operation))
    schemas = document.get("components", {}).get("schemas", {})
    tags = sorted(by_tag)
    return "".join(
        [
            "<!doctype html><html lang=en><meta charset=utf-8>",
            "<meta name=viewport content='width=device-width, initial-scale=1'>",
            f"<title>Maestro API</title><style>{_STYLE}</style>",
            f"<h1>Maestro API</h1><p>Version {escape(document['info']['version'])}. ",
            "Send <code>Authorization: Bearer mml_…</code> with every request. ",
            "The same as <a href=/openapi.json>OpenAPI</a>.</p><nav>",
            *(f"<a href='#{escape(tag)}'>{escape(tag)}</a>" for tag in tags),
            "</nav>",
            *(part for tag in tags for part in _section(tag, by_tag[tag], schemas)),
        ]
    )


def _section(
    tag: str, operations: list[tuple[str, str, dict[str, Any]]], schemas: dict[str, Any]
) -> Iterator[str]:
    yield f"<h2 id='{escape(tag)}'>{escape(tag)}</h2>"
    for method, path, operation in operations:
        told = (operation.get("description") or operation.get("summary", "")).strip()
        yield (
            f"<details><summary><span class=method>{method.upper()}</span><code>{escape(path)}</code>"
            f"<span class=told>{escape(told.partition(chr(10))[0])}</span></summary>"
            f"<p>{escape(told)}</p><p>Permission: <code>{operation.get('x-permission', 'public')}</code></p>"
        )
        yield _parameters(operation)
        for title, schema in _bodies(operation):
            yield f"<p>{title}</p><pre>{escape(_shape(schema, schemas))}</pre>"
        yield "</details>"


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        f"<tr><td><code>{escape(each['name'])}</code><td>{escape(each['in'])}"
        f"<td>{escape(each.get('description', ''))}"
        for each in operation.get("parameters", [])
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _bodies(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        yield "Body", content["application/json"]["schema"]
    for status, answer in operation.get("responses", {}).items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if status.startswith("2") and schema:
            yield f"Answer {status}", schema


def _shape(schema: dict[str, Any], schemas: dict[str, Any], indent: str = "") -> str:
    """A schema as people write one down: fields, types, and `?` for what may be left out."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if len(indent) > 8:
            return str(name)
        return _shape(schemas.get(name, {}), schemas, indent)
    if "anyOf" in schema:
        return " | ".join(_shape(each, schemas, indent) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(repr(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_shape(schema.get('items', {}), schemas, indent)}]"
    if "properties" in schema:
        required = schema.get("required", [])
        lines = [
            f"{indent}  {name}{'' if name in required else '?'}: "
            f"{_shape(field, schemas, indent + '  ')}"
            for name, field in schema["properties"].items()
        ]
        return "{\n" + "\n".join(lines) + f"\n{indent}}}"
    return str(schema.get("format") or schema.get("type", "any"))
