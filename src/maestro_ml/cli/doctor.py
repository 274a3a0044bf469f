"""`maestro doctor`: is everything in place, and if not, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import typer

from maestro_ml.cli import checks
from maestro_ml.cli.context import Cli
from maestro_ml.cli.failures import ExitCode
from maestro_ml.cli.output import Mode
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.credentials import maestro_home
from maestro_ml.sdk.errors import MaestroError


def doctor(cli: Cli) -> None:
    """Check the installation and the server."""
    with cli.out.spinner("Checking …"):
        findings = [*_all()]
    if cli.out.mode is Mode.JSON:
        cli.out.json([asdict(finding) for finding in findings])
    elif cli.out.mode is Mode.HUMAN:
        cli.out.findings((each.state, each.name, each.detail, each.advice) for each in findings)
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(ExitCode.FAILURE)


def _all() -> Iterable[checks.Finding]:
    home = maestro_home()
    yield checks.python()
    yield from checks.extras()
    yield checks.folder(home)
    yield checks.disk(home)
    yield checks.credentials_file(home)
    try:
        client = MaestroClient(timeout=5.0, max_retries=0)
    except MaestroError as error:
        yield checks.Finding("fail", "configuration", error.message, error.hint)
        return
    with client:
        yield from checks.server(client)
