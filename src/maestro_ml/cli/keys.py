"""`maestro keys`: API keys for programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns
from maestro_ml.contracts.identity import ApiKey, ApiKeyId, NewApiKey, Permission

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[ApiKey] = {
    "Id": lambda key: key.id,
    "Name": lambda key: key.name,
    "Expires": lambda key: "revoked" if key.revoked_at else key.expires_at or "never",
    "Last used": lambda key: key.last_used_at or "never",
    "Key": lambda key: f"{key.prefix}…",
    "Scopes": lambda key: "all of yours" if key.scopes is None else key.scopes,
    "Created": lambda key: key.created_at,
}

NEW: Columns[NewApiKey] = {
    "Secret": lambda key: key.secret,
    "Name": lambda key: key.name,
    "Expires": lambda key: key.expires_at or "never",
    "Id": lambda key: key.id,
}


@app.command("list")
def list_keys(cli: Cli, limit: Limit = 100) -> None:
    """List your API keys."""
    cli.out.table(cli.client.api_keys.list(), COLUMNS, limit=limit)


@app.command()
def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[
        list[Permission] | None,
        typer.Option(
            metavar="PERMISSION",
            help="Allow this only, such as model:read; repeat it for several. All by default.",
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="When it expires.")] = 365,
    never_expires: Annotated[
        bool, typer.Option("--never-expires", help="Until it is revoked.")
    ] = False,
) -> None:
    """Make an API key; its secret is shown this once."""
    key = cli.client.api_keys.create(
        name, scopes=scope or None, expires_in_days=None if never_expires else days
    )
    cli.out.record(key, NEW, key=lambda new: new.secret)
    cli.out.note("Keep the secret now; nobody can show it again.")


@app.command()
def revoke(
    cli: Cli,
    key: Annotated[UUID, typer.Argument(metavar="ID", help="The key's id, as `list` shows it.")],
    yes: Yes = False,
) -> None:
    """End an API key at once."""
    cli.out.confirm(f"Revoke the key {key}?", yes=yes)
    cli.client.api_keys.revoke(ApiKeyId(key))
    cli.out.done(f"The key {key} is revoked.", id=key)
