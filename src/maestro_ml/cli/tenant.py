"""`maestro tenant`: the tenant that your credential is for."""

from __future__ import annotations

from typing import Annotated

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.output import Columns
from maestro_ml.contracts.identity import TenantSettings

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[TenantSettings] = {
    "Id": lambda tenant: tenant.id,
    "Name": lambda tenant: tenant.name,
    "Since": lambda tenant: tenant.created_at,
    "Trash": lambda tenant: f"{tenant.trash_days} days" if tenant.trash_days else "kept",
}


@app.command()
def get(cli: Cli) -> None:
    """Show your tenant and its settings."""
    cli.out.record(cli.client.tenant.get(), COLUMNS)


@app.command()
def update(
    cli: Cli,
    name: Annotated[str | None, typer.Option(help="Another name.", show_default=False)] = None,
    trash_days: Annotated[
        int | None,
        typer.Option(
            min=0, help="Days until the trash empties itself; 0: never.", show_default=False
        ),
    ] = None,
) -> None:
    """Change the settings of your tenant; logins and keys stay as they are."""
    if name is None and trash_days is None:
        raise typer.BadParameter("say what changes: --name or --trash-days")
    changed = cli.client.tenant.update(name=name, trash_days=trash_days)
    cli.out.success(f"The settings of {changed.name} are changed.")
    cli.out.record(changed, COLUMNS)
