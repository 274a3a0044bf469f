"""`maestro admin`: what the operator does with direct access to the database."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

from maestro_ml.contracts.identity import Role
from maestro_ml.server.audit import AuditService
from maestro_ml.server.cleaning import Cleaning
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.processes import FAILED, fail, process_settings
from maestro_ml.server.wiring import Platform, wire


async def create_tenant(platform: Platform, arguments: argparse.Namespace) -> int:
    """Make a tenant; print its administrator's API key, or a sentence for people."""
    token = await platform.tenants.create(arguments.name)
    if arguments.print_token:
        print(token)  # noqa: T201 - scripts read exactly this line
    else:
        sys.stdout.write(
            f"Tenant {arguments.name} is there. A token for it: maestro admin token "
            f"--tenant '{arguments.name}' --role tenant_admin\n"
        )
    return 0


async def token(platform: Platform, arguments: argparse.Namespace) -> int:
    """Print an API key of a new service account."""
    issued = await platform.tenants.issue_token(arguments.tenant, Role(arguments.role))
    sys.stdout.write(f"{issued}\n")
    return 0


async def verify_audit(platform: Platform, arguments: argparse.Namespace) -> int:
    """Recompute every tenant's chain; the exit code is 1 if one is broken."""
    async with platform.units.system(reason="the operator verifies every chain") as unit:
        found = await AuditService().verify(unit)
    broken = [each for each in found if each.broken_at is not None]
    if arguments.json:
        sys.stdout.write(json.dumps([each.model_dump() for each in found]) + "\n")
    else:
        for each in found:
            state = "whole" if each.broken_at is None else f"BROKEN at event {each.broken_at}"
            sys.stdout.write(f"{each.tenant}: {each.events} events, {state}\n")
    return FAILED if broken else 0


async def clean(platform: Platform, _: argparse.Namespace) -> int:
    """Do now what the workers do every night; what is young or still named stays."""
    sys.stdout.write(f"{await Cleaning(platform).run()} bytes of files are freed.\n")
    return 0


Command = Callable[[Platform, argparse.Namespace], Awaitable[int]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maestro admin",
        description="Operator commands; they work while the server runs and while it does not.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    create = commands.add_parser("create-tenant", help="make a tenant with an administrator")
    create.add_argument("name")
    create.add_argument(
        "--print-token", action="store_true", help="print the administrator's API key, nothing else"
    )
    create.set_defaults(run=create_tenant)

    issue = commands.add_parser("token", help="print an API key of a new service account")
    issue.add_argument("--tenant", required=True)
    issue.add_argument("--role", required=True, choices=[role.value for role in Role])
    issue.set_defaults(run=token)

    verify = commands.add_parser("verify-audit", help="check that no audit event was changed")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=verify_audit)

    now = commands.add_parser("clean", help="delete what crashes left behind, as every night")
    now.set_defaults(run=clean)
    return parser


async def _run(platform: Platform, arguments: argparse.Namespace) -> int:
    command: Command = arguments.run
    try:
        return await command(platform, arguments)
    finally:
        await platform.close()


def main() -> None:
    """Run one operator command."""
    arguments = _parser().parse_args()
    with process_settings("admin") as settings:
        try:
            code = asyncio.run(_run(wire(settings), arguments))
        except MaestroError as error:
            fail(error.detail)
    sys.exit(code)


if __name__ == "__main__":
    main()
