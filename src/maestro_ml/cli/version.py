"""`maestro version`."""

from __future__ import annotations

import platform

from maestro_ml.cli.context import Cli
from maestro_ml.cli.output import Mode
from maestro_ml.version import __version__


def version(cli: Cli) -> None:
    """Show the version."""
    if cli.out.mode is Mode.JSON:
        cli.out.json({"version": __version__, "python": platform.python_version()})
    else:
        cli.out.text(f"maestro {__version__} (Python {platform.python_version()})")
