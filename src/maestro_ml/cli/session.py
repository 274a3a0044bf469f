"""`maestro login`, `logout` and `whoami`: the credentials of this machine."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Annotated

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.output import Columns
from maestro_ml.cli.secrets import read_password
from maestro_ml.contracts.identity import Me, Permission
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.credentials import Credentials, CredentialsFile, maestro_home, resolve
from maestro_ml.sdk.errors import MaestroError

ME: Columns[Me] = {
    "User": lambda me: f"{me.user.name} <{me.user.email}>" if me.user.name else me.user.email,
    "Tenant": lambda me: me.tenant.name,
    "Role": lambda me: me.user.role,
    "May": lambda me: _by_resource(me.permissions),
}


def login(
    cli: Cli,
    url: Annotated[
        str | None, typer.Option(help="The server. Default: the one in use.", show_default=False)
    ] = None,
    email: Annotated[
        str | None, typer.Option(help="Asked for when missing.", show_default=False)
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(help="Which one, if you are in several: name or id.", show_default=False),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(help="Keep this key; no password needed.", show_default=False)
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin.")
    ] = False,
) -> None:
    """Log in and keep an API key for this machine."""
    known = resolve(url, api_key)
    with MaestroClient(known.url, api_key) as client:
        if api_key:
            me, secret = client.auth.me(), api_key
        else:
            email = email or _ask_email(known.email)
            client.auth.login(email, read_password(from_stdin=password_stdin), tenant=tenant)
            me = client.auth.me()
            secret = client.api_keys.create(_key_name()).secret
            client.auth.logout()
    file = CredentialsFile(maestro_home())
    file.save(Credentials(known.url, secret, me.user.email))
    cli.out.success(f"Logged in to {known.url}; the key is in {file.path}.")
    for name in ("MAESTRO_URL", "MAESTRO_API_KEY"):
        if name in os.environ:
            cli.out.warn(f"{name} is set and goes before what was stored just now.")
    cli.out.record(me, ME, key=lambda me: me.user.id)


def logout(cli: Cli) -> None:
    """Revoke this machine's API key and forget it."""
    file = CredentialsFile(maestro_home())
    stored = file.find()
    if stored is None or stored.api_key is None:
        cli.out.note("Nobody is logged in on this machine.")
        return
    try:
        with MaestroClient(stored.url, stored.api_key) as client:
            for key in client.api_keys.list():
                if stored.api_key.startswith(key.prefix) and key.revoked_at is None:
                    client.api_keys.revoke(key.id)
    except MaestroError as error:
        cli.out.warn(f"The key could not be revoked and may still be valid. {error}")
    file.delete()
    cli.out.done(f"Logged out of {stored.url}.", url=stored.url)


def whoami(cli: Cli) -> None:
    """Show who you are and what you may do."""
    fields: Columns[Me] = {"Server": lambda _: cli.client.url, **ME}
    cli.out.record(cli.client.auth.me(), fields, key=lambda me: me.user.id)


def _by_resource(permissions: Iterable[Permission]) -> list[str]:
    """`model:read`, `model:write` … as `model read/write …`."""
    pairs = sorted(permission.split(":") for permission in permissions)
    return [
        f"{resource} {'/'.join(action for _, action in group)}"
        for resource, group in groupby(pairs, key=itemgetter(0))
    ]


def _ask_email(default: str | None) -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("nobody can be asked here; pass --email, or --api-key")
    email: str = typer.prompt("Email", default=default, err=True)
    return email


def _key_name() -> str:
    """A name that tells, in the list of keys, which machine to suspect."""
    machine = re.sub(r"[^A-Za-z0-9._-]", "-", platform.node())[:100].strip("-.") or "this machine"
    return f"Command line on {machine}"
