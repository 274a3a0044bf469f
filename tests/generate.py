"""Writes the generated files, and tells which of them are out of date: `make gen`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from pydantic import SecretStr
from typer.core import TyperCommand, TyperGroup

from maestro_ml.cli.lazy import load
from maestro_ml.cli.nouns import NOUNS
from maestro_ml.contracts.identity import Role
from maestro_ml.server.app import API, api_routers, create_rest, hot_routes
from maestro_ml.server.identity import ROLE_PERMISSIONS
from maestro_ml.server.kernel.settings import AuthSettings, DatabaseSettings, Settings
from maestro_ml.server.wiring import Platform, wire

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"


def unconnected_platform() -> Platform:
    """A wired platform that nobody connects: good for looking at routes."""
    return wire(
        Settings(
            home=Path("/nonexistent"),
            database=DatabaseSettings(url=SecretStr("postgresql://nobody@/nothing")),
            auth=AuthSettings(secret_key=SecretStr("not used for anything, only for the shape")),
        )
    )


def declared_routes(platform: Platform) -> Iterator[tuple[str, str, str]]:
    """(method, path, permission) of every endpoint, the hot ones included."""
    for router in api_routers(platform):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            assert route.openapi_extra is not None
            for method in sorted(route.methods or ()):
                yield method, API + route.path, route.openapi_extra["x-permission"]
    for hot in hot_routes(platform):
        yield hot.method, hot.path, str(hot.permission)


def openapi(platform: Platform) -> str:
    """The OpenAPI document."""
    return (
        json.dumps(create_rest(platform, hot_routes(platform)).openapi(), indent=1, sort_keys=True)
        + "\n"
    )


def permissions(platform: Platform) -> str:
    """Which role may call which endpoint."""
    roles = list(Role)
    lines = [
        "# Permissions",
        "",
        (
            "Written by `make gen` from the routes and from `server/identity/roles.py`. "
            "`public` needs no credentials, `anyone` needs some and no permission."
        ),
        "",
        "| method | path | permission | " + " | ".join(role.value for role in roles) + " |",
        "|---|---|---|" + "---|" * len(roles),
    ]
    for method, path, permission in sorted(declared_routes(platform), key=lambda row: row[1::-1]):
        held = [
            "✓" if permission in ("public", "anyone", *ROLE_PERMISSIONS[role]) else ""
            for role in roles
        ]
        lines.append(f"| {method} | `{path}` | {permission} | " + " | ".join(held) + " |")
    return "\n".join(lines) + "\n"


def cli_reference() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# Command line",
        "",
        (
            "Written by `make gen`. Every command knows `--json` and `--quiet`; data goes to stdout, "
            "everything else to stderr."
        ),
        "",
    ]
    for name in sorted(NOUNS):
        lines += _describe(f"maestro {name}", load(name), NOUNS[name].help)
    return "\n".join(lines) + "\n"


def _describe(path: str, command: TyperCommand | TyperGroup, help_text: str) -> Iterator[str]:
    children: dict[str, Any] = getattr(command, "commands", {})
    if children:
        for name, child in sorted(children.items()):
            yield from _describe(f"{path} {name}", child, child.help or "")
        return
    parameters = [each for each in command.params if each.name not in ("as_json", "quiet", "help")]
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    usage = " ".join((each.name or "").upper() for each in arguments)
    yield f"## `{f'{path} {usage}'.strip()}`"
    yield ""
    yield help_text.strip()
    yield ""
    for each in parameters:
        if each.param_type_name == "option" and not getattr(each, "hidden", False):
            text = getattr(each, "help", "") or ""
            yield f"- `{', '.join(each.opts)}`: {text}"
    yield ""


def generated() -> dict[Path, str]:
    """Every generated file with the text it should have."""
    platform = unconnected_platform()
    return {
        REFERENCE / "openapi.json": openapi(platform),
        REFERENCE / "permissions.md": permissions(platform),
        REFERENCE / "cli.md": cli_reference(),
    }


def main() -> None:
    """Write what differs."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path, text in generated().items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")  # noqa: T201


if __name__ == "__main__":
    main()
