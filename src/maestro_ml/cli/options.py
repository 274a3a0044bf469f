"""Options that several commands have in common."""

from __future__ import annotations

from typing import Annotated

import typer

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show at most.")]
SearchId = Annotated[str, typer.Argument(metavar="JOB", help="The id of the search.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
