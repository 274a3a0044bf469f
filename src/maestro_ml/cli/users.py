"""`maestro users`: the members of the tenant."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from maestro_ml.cli.context import Cli
from maestro_ml.cli.options import Limit, Yes
from maestro_ml.cli.output import Columns
from maestro_ml.cli.secrets import read_password
from maestro_ml.contracts.identity import Role, User, UserId, UserKind

app = typer.Typer(no_args_is_help=True)

COLUMNS: Columns[User] = {
    "Id": lambda user: user.id,
    "Email": lambda user: user.email,
    "Role": lambda user: user.role,
    "Active": lambda user: user.active,
    "Name": lambda user: user.name,
    "Kind": lambda user: user.kind,
    "Since": lambda user: user.created_at,
}

Id = Annotated[UUID, typer.Argument(metavar="ID", help="The user's id, as `list` shows it.")]
RoleName = Annotated[Role, typer.Argument(metavar="ROLE", help=", ".join(Role))]


@app.command("list")
def list_users(cli: Cli, limit: Limit = 100) -> None:
    """List the members of your tenant."""
    cli.out.table(cli.client.users.list(), COLUMNS, limit=limit)


@app.command()
def create(
    cli: Cli,
    email: Annotated[str, typer.Argument(help="The address to log in with.")],
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.VIEWER,
    service: Annotated[
        bool, typer.Option("--service", help="A service account: API keys, no password.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin.")
    ] = False,
) -> None:
    """Add a person or a service account to your tenant."""
    kind = UserKind.SERVICE if service else UserKind.PERSON
    password = None if service else read_password(from_stdin=password_stdin, confirm=True)
    user = cli.client.users.create(email, name=name, role=role, kind=kind, password=password)
    cli.out.success(f"{user.email} is a member of your tenant now.")
    cli.out.record(user, COLUMNS)


@app.command()
def set_role(cli: Cli, user: Id, role: RoleName) -> None:
    """Give a member another role."""
    changed = cli.client.users.set_role(UserId(user), role)
    cli.out.success(f"{changed.email} is {changed.role.value} now.")
    cli.out.record(changed, COLUMNS)


@app.command()
def activate(cli: Cli, user: Id) -> None:
    """Give a deactivated member access again."""
    activated = cli.client.users.activate(UserId(user))
    cli.out.success(f"{activated.email} has access again.")
    cli.out.record(activated, COLUMNS)


@app.command()
def reset_password(
    cli: Cli,
    user: Id,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin.")
    ] = False,
) -> None:
    """Give a member another password; their logins end."""
    password = read_password(from_stdin=password_stdin, confirm=True)
    cli.client.users.reset_password(UserId(user), password)
    cli.out.done(f"The user {user} has another password.", id=user)


@app.command()
def delete(cli: Cli, user: Id, yes: Yes = False) -> None:
    """Deactivate a member; their sessions and keys end at once."""
    cli.out.confirm(f"Deactivate the user {user}?", yes=yes)
    cli.client.users.delete(UserId(user))
    cli.out.done(f"The user {user} is deactivated.", id=user)
